// What was told and waits to be shown, in its order, within the limits: of output that waits no more is kept than they say, the rest is
// counted; of a transfer the newest event takes the place of an older one that waits. For one thread: EventQueue guards it.
#pragma once

#include "runtime/events/build_observer.h"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>

namespace mabplan::runtime {

struct EventLimits {
    std::size_t output_of_one = 4U << 20U;  // bytes of one action's output that wait; a step's log has 2 MiB at most (log_limit.h)
    std::size_t output = 64U << 20U;        // of all of them
    double between_transfers = 0.1;         // seconds between two events of one transfer
};

class EventBacklog {
public:
    explicit EventBacklog(EventLimits limits = {}) : limits_(limits) {}

    // `at` is never less than before: seconds since the run's begin.
    void add(double at, Happening what);
    bool empty() const { return waiting_.empty(); }
    // There must be one.
    BuildEvent take_first();

private:
    struct Spoken {
        std::size_t waiting = 0;                 // bytes
        std::optional<std::uint64_t> cut_off{};  // the Unsaid that further bytes are added to, while it waits
    };
    struct Moving {
        double told_at = 0;
        std::optional<std::uint64_t> waiting{};  // an event that a newer one takes the place of
    };
    void push(double at, Happening what) { waiting_.push_back({at, std::move(what)}); }
    void add_output(double at, Said said);
    void add_transfer(double at, Transfer transfer);
    std::size_t room_for(const Spoken& spoken) const;
    BuildEvent* waiting_at(const std::optional<std::uint64_t>& number);

    EventLimits limits_;
    std::deque<BuildEvent> waiting_;
    std::uint64_t first_number_ = 0;  // of the first that waits; each has one more than the one before
    std::size_t output_waiting_ = 0;
    std::map<std::uint32_t, Spoken> spoken_;  // by action
    std::map<std::uint64_t, Moving> moving_;  // by transfer
};

}  // namespace mabplan::runtime
