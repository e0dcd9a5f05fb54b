// Tar archives of users, plain or compressed, looked into without being unpacked. Knows archives by their first bytes.
#pragma once

#include "runtime/layer/tar_reader.h"
#include "runtime/sys/byte_stream.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mabplan::runtime {

inline constexpr std::size_t kArchiveHeadBytes = 512;  // that are enough to know one

// They may hold what no layer may: their owner wrote them.
inline constexpr TarLimits kUserArchiveLimits{.ending = TarEnding::OneBlock};

// tar, or compressed by gzip, bzip2, xz or zstd.
bool looks_like_archive(std::string_view head);
// Reads the head of the source.
Result<bool> is_archive(ByteSource& source);

// Opens the bytes of an archive from their beginning.
using OpenArchive = std::function<Result<std::unique_ptr<ByteSource>>()>;
// The regular file at a path ("./" before names does not count), symlinks of the archive followed; nothing if there is none, the last of
// several. Input errors for a symlink that leads out or to nothing, for a fifo, a device or a hard link in its place, for what is no
// archive and for more than `max_bytes`.
Result<std::optional<std::string>> read_file_of_archive(const OpenArchive& open, const std::string& path, std::uint64_t max_bytes);
// The newest mtime of its regular files.
Result<std::optional<std::int64_t>> newest_time_in_archive(std::unique_ptr<ByteSource> archive);

}  // namespace mabplan::runtime
