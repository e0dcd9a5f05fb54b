#include "runtime/sys/file_clock.h"

namespace mabplan::runtime {

namespace {

timespec read_clock(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return now;
}

}  // namespace

timespec file_time_now() { return read_clock(CLOCK_REALTIME_COARSE); }

timespec precise_file_time_now() { return read_clock(CLOCK_REALTIME); }

}  // namespace mabplan::runtime
