// What a command left in its upper folder, and taking back the times that it took over from refreshed files: a layer must not tell that
// its command had a cache. Does not follow symlinks.
#pragma once

#include "runtime/freshness/cache_times.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct WrittenPath {
    std::uint64_t key = 0;
    std::int64_t mtime_ns = 0;
    std::function<Fingerprint()> content;  // of a regular file that can be read, else zeros
};

// The time that a path is to have instead of the one it has, in nanoseconds since 1970; nothing: it stays.
using OtherTime = std::function<std::optional<std::int64_t>(const WrittenPath& path)>;

// Everything below the folder, but whiteouts and the folder itself. Who asks for another time gets it set.
Result<WrittenFiles> read_written(const std::string& upper_dir, const OtherTime& other_time);

// The paths that were written to, made or removed in a mount, by path_key: `upper_dir` is its upper folder, `source` what of its layers is
// mounted (relative, "" for all), `target` where.
Result<std::vector<std::uint64_t>> read_written_mount(const std::string& upper_dir, const std::string& source, const std::string& target);

}  // namespace mabplan::runtime
