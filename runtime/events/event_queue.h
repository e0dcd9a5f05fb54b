// Between those who work and those who show it: whoever tells never waits, one thread shows what is told, in its order, and lets time tick.
// Does not know what is shown, nor any clock but the one that it is given.
//
// What is told waits in memory, and is lost in one case only: of an action's output that waits, no more is kept than the limits say. What
// comes above them is counted and told as Unsaid at its place. An observer that is stuck (a stopped terminal, a pipe that nobody reads)
// holds up nobody, until the end: `finish` waits for it, as every program waits that writes to such a terminal.
#pragma once

#include "runtime/events/build_observer.h"
#include "runtime/sys/thread.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>

namespace mabplan::runtime {

struct EventLimits {
    std::size_t output_of_one = 4U << 20U;  // bytes of one action's output that wait; a step's log has 2 MiB at most (log_limit.h)
    std::size_t output = 64U << 20U;        // of all of them
    double between_transfers = 0.1;         // seconds between two events of one transfer
};

class EventQueue final : public EventSink {
public:
    using Clock = std::function<double()>;  // seconds since the run's begin; called by several threads

    // The observer must outlive the queue.
    EventQueue(BuildObserver& observer, Clock clock, EventLimits limits = {});
    ~EventQueue() override { static_cast<void>(finish()); }
    EventQueue(const EventQueue&) = delete;
    EventQueue& operator=(const EventQueue&) = delete;

    void tell(Happening what) override;

    // From here on what is told is shown, by a thread of its own; where none can be had, by whoever tells, without ticks. To be called once
    // the process may have threads (it entered its user namespace).
    void start();
    // Everything is shown and the thread is gone. Nothing is to be told afterwards. An error if the observer threw on that thread.
    Status finish();

private:
    struct Spoken {
        std::size_t waiting = 0;                 // bytes
        std::optional<std::uint64_t> cut_off{};  // the Unsaid that further bytes are added to, while it waits
    };
    struct Moving {
        double told_at = 0;
        std::optional<std::uint64_t> waiting{};  // an event that a newer one takes the place of
    };
    void add(Happening what);
    void add_output(Said said);
    void add_transfer(Transfer transfer);
    std::size_t room_for(const Spoken& spoken) const;
    BuildEvent* waiting_at(const std::optional<std::uint64_t>& number);
    BuildEvent take_first();
    void show_all(std::unique_lock<std::mutex>& lock);
    void run();

    BuildObserver& observer_;
    Clock clock_;
    EventLimits limits_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<BuildEvent> waiting_;
    std::uint64_t first_number_ = 0;  // of the first that waits; each has one more than the one before
    double latest_ = 0;
    std::size_t output_waiting_ = 0;
    std::map<std::uint32_t, Spoken> spoken_;  // by action
    std::map<std::uint64_t, Moving> moving_;  // by transfer
    bool started_ = false;
    bool shown_by_tellers_ = false;
    bool showing_ = false;
    bool ended_ = false;
    Thread thread_;
};

}  // namespace mabplan::runtime
