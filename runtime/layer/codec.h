// Packs and unpacks layer blobs: gzip, zstd, or as they are. Does not know tar or what is inside.
#pragma once

#include "plans/base/digest.h"
#include "plans/oci/descriptor.h"
#include "runtime/layer/packed_members.h"
#include "runtime/sys/byte_stream.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mabplan::runtime {

// By the first bytes (RFC 1952: 1f 8b; RFC 8878: 28 b5 2f fd and skippable frames); None for anything else.
Compression detect_compression(std::string_view first_bytes);

// The unpacked bytes of `packed`. If `declared` is nothing, the first bytes decide. gzip may have several members, zstd several
// frames. An input error for damaged or cut-short bytes, also while reading; a zstd window above 128 MiB is refused.
Result<std::unique_ptr<ByteSource>> decompress(std::unique_ptr<ByteSource> packed, std::optional<Compression> declared = std::nullopt);

struct CompressedBlob {
    Digest digest;           // of the packed bytes
    std::uint64_t size = 0;  // bytes
};

// Packs all of `tar` into `out`, which says what they hash to. The bytes depend on the input and codec_id() alone, on any number of threads
// (at least 1) and any machine. gzip: members as member_cuts.h cuts them, libdeflate level 5, mtime 0, OS 255. zstd: level 3, one frame,
// with checksum. `known`, which may be null: members of gzip that were packed with the same codec_id() before; those are taken as they are.
Status pack_bytes(ByteSource& tar, Compression compression, ByteSink& out, int threads, PackedMembers* known = nullptr);
Result<CompressedBlob> compress(ByteSource& tar, Compression compression, ByteSink& out, int threads, PackedMembers* known = nullptr);

// What the packed bytes depend on beside the input, for cache keys: codec, library version, level, block size.
std::string codec_id(Compression compression);

}  // namespace mabplan::runtime
