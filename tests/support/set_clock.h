// A clock that shows what a test set it to.
#pragma once

#include "runtime/sys/wall_clock.h"

#include <atomic>

namespace mabplan::tests {

class SetClock final : public runtime::WallClock {
public:
    explicit SetClock(std::int64_t seconds = 0) : seconds_(seconds) {}
    std::int64_t seconds() override { return seconds_.load(); }
    void set(std::int64_t seconds) { seconds_ = seconds; }

private:
    std::atomic<std::int64_t> seconds_;
};

}  // namespace mabplan::tests
