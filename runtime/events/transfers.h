// Tells of bytes on their way as events: each transfer has a number, a begin and an end. Does not know what moves the bytes.
#pragma once

#include "plans/base/result.h"
#include "runtime/events/build_observer.h"
#include "runtime/sys/byte_progress.h"

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

namespace mabplan::runtime {

// Safe to use from several threads.
class Transfers {
public:
    explicit Transfers(EventSink& events) : events_(events) {}

    // Does `move(progress)`, a Result or Status, and tells of it under the name `what`; nothing where the move says of no progress, since
    // all was there already.
    template <class Move>
    auto follow(const std::string& what, const Move& move) {
        Transfer now{0, what, 0, {}, TransferState::Going};
        const ByteProgress progress = [&](std::uint64_t done, std::optional<std::uint64_t> total) {
            now.total = total;
            if (now.number == 0) {
                now.number = ++last_number_;
                events_.tell(now);
            }
            if (std::exchange(now.done, done) != done) events_.tell(now);
        };
        auto moved = move(progress);
        if (now.number == 0) return moved;
        now.state = moved ? TransferState::Done : TransferState::Failed;
        events_.tell(std::move(now));
        return moved;
    }

    bool any() const { return last_number_ > 0; }

private:
    EventSink& events_;
    std::atomic<std::uint64_t> last_number_{0};
};

}  // namespace mabplan::runtime
