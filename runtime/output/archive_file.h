// One file that is written as a stream: an archive, on the disk or on standard output. Does not know what is in it.
#pragma once

#include "runtime/sys/byte_stream.h"
#include "runtime/sys/stop.h"

#include <functional>
#include <string>

namespace mabplan::runtime {

// "-" is standard output, which gets the bytes as they come; a file appears when it is whole, and its folder is made if need be.
// An Interrupted error once `stop`, which may be null, is raised, also while nobody reads standard output.
Status write_archive(const std::string& path, const Stop* stop, const std::function<Status(ByteSink&)>& produce);

}  // namespace mabplan::runtime
