// The mtimes in a cache, which others may be changing, and the next time that is newer than all of them.
#pragma once

#include "plans/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mabplan::runtime {

inline constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

// Of the folder and all below it, in nanoseconds since 1970, the oldest first.
Result<std::vector<std::int64_t>> mtimes_in(const std::string& folder);

// A whole second that is later than the one of `newest_ns`, since some tools compare nothing finer: the present one, which may have to be
// waited for, or a later one if the newest is far ahead of the clock. An Interrupted error if stop_fd becomes readable.
Result<std::int64_t> time_after(std::int64_t newest_ns, int stop_fd);

}  // namespace mabplan::runtime
