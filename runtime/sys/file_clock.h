// The clock that the kernel dates files by: what is compared with times of files is told by it, and by no other.
#pragma once

#include <time.h>

namespace mabplan::runtime {

// In its ticks, as files have it: some milliseconds behind the precise time.
timespec file_time_now();
// As precise as it is.
timespec precise_file_time_now();

}  // namespace mabplan::runtime
