// The clock that the kernel dates files by: what is compared with times of files is told by it, and by no other.
#pragma once

#include <time.h>

#include <cstdint>

namespace mabplan::runtime {

// Since 1970.
inline std::int64_t nanoseconds_of(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

// In its ticks, as files have it: some milliseconds behind the precise time.
timespec file_time_now();
// As precise as it is.
timespec precise_file_time_now();

}  // namespace mabplan::runtime
