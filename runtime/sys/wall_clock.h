// What time it is, for what is kept and shown: through a port, so that tests can say it. Not for waiting and measuring.
#pragma once

#include <cstdint>

namespace mabplan::runtime {

// Several threads may ask.
class WallClock {
public:
    virtual ~WallClock() = default;
    virtual std::int64_t seconds() = 0;  // since 1970
};

WallClock& host_clock();

}  // namespace mabplan::runtime
