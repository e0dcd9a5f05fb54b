// The unpacked bytes of an archive that somebody packed: gzip, bzip2, xz, zstd or not at all, by its first bytes. Does not know tar.
#pragma once

#include "runtime/sys/byte_stream.h"

#include <memory>
#include <string_view>

namespace mabplan::runtime {

// Whether the first bytes (6 are enough) are those of a packed file.
bool is_packed(std::string_view first_bytes);

// An input error for damaged or cut-short bytes, also while reading.
Result<std::unique_ptr<ByteSource>> open_archive_stream(std::unique_ptr<ByteSource> packed);

}  // namespace mabplan::runtime
