// The content of the current entry of a tar, into a file: what the tar leaves out stays a hole.
#pragma once

#include "runtime/layer/tar_reader.h"

#include <cstdint>
#include <string>

namespace mabplan::runtime {

// `size` bytes from `offset` of the file on, which is as long then as they need. `shown` is for messages.
Status write_entry_content(TarReader& tar, std::uint64_t size, int file, std::uint64_t offset, const std::string& shown);

}  // namespace mabplan::runtime
