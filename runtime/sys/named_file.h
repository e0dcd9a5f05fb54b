// Opening for reading what a person or a stranger named, whatever lies there.
#pragma once

#include "plans/base/result.h"
#include "runtime/sys/fd.h"

#include <string>
#include <string_view>

namespace mabplan::runtime {

// Whether a path stands for what a descriptor of this process has open: /dev/fd/N, /proc/self/fd/N.
bool names_descriptor(std::string_view path);

// A regular file or a character device. A fifo, a socket and the like are refused at once, and no writer is waited for. What is named by
// a descriptor (/dev/stdin, /dev/fd/N, /proc/self/fd/N) may be a pipe. `read_file` opens this way.
Result<Fd> open_to_read(const std::string& path, ErrorKind otherwise = ErrorKind::Input);

}  // namespace mabplan::runtime
