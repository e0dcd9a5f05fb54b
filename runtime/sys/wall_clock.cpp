#include "runtime/sys/wall_clock.h"

#include <chrono>

namespace mabplan::runtime {

namespace {

class HostClock final : public WallClock {
public:
    std::int64_t seconds() override {
        return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    }
};

}  // namespace

WallClock& host_clock() {
    static HostClock clock;
    return clock;
}

}  // namespace mabplan::runtime
