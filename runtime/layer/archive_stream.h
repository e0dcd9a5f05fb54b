// The unpacked bytes of an archive that somebody packed: gzip, bzip2, xz, zstd or not at all, by its first bytes. Does not know tar.
#pragma once

#include "runtime/sys/byte_stream.h"

#include <memory>

namespace mabplan::runtime {

// An input error for damaged or cut-short bytes, also while reading.
Result<std::unique_ptr<ByteSource>> open_archive_stream(std::unique_ptr<ByteSource> packed);

}  // namespace mabplan::runtime
