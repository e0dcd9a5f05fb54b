// What ends a piece of work before its time: the user, who interrupts, or a failure after which the rest is not needed. It can be asked,
// and waited for beside other descriptors. Does not know who waits for it.
#pragma once

#include "plans/base/result.h"
#include "runtime/sys/fd.h"

#include <atomic>

namespace mabplan::runtime {

class Stop {
public:
    Stop();
    Stop(const Stop&) = delete;
    Stop& operator=(const Stop&) = delete;

    // The user interrupts, by this signal if by any. Safe in a handler of signals.
    void interrupt(int signal = 0) noexcept;
    // A required part failed: the rest is to end as well.
    void give_up() noexcept;
    // The parts are done anew: what failed before counts no more. An interrupt stays. Nobody may be waiting.
    void begin_anew() noexcept;

    bool is_interrupted() const noexcept { return interrupted_.load(); }
    int signal() const noexcept { return signal_.load(); }
    // For either reason.
    bool is_stopped() const noexcept { return interrupted_.load() || given_up_.load(); }
    // Readable from then on; never read from it. -1 where the system gave none.
    int fd() const noexcept { return event_.get(); }

private:
    Fd event_;  // an eventfd
    std::atomic<bool> interrupted_{false};
    std::atomic<int> signal_{0};
    std::atomic<bool> given_up_{false};
};

// A success until `stop`, which may be null, is raised: an Interrupted error then.
inline Status go_on(const Stop* stop) {
    if (stop != nullptr && stop->is_stopped()) return fail(ErrorKind::Interrupted, "interrupted");
    return {};
}

}  // namespace mabplan::runtime
