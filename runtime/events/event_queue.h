// Between those who work and those who show it: whoever tells never waits, one thread shows what is told, in its order, and lets time tick.
// Does not know what is shown, nor any clock but the one that it is given.
//
// What is told waits in memory, and is lost in one case only: of an action's output that waits, no more is kept than the limits say. What
// comes above them is counted and told as Unsaid at its place. An observer that is stuck (a stopped terminal, a pipe that nobody reads)
// holds up nobody, until the end: `finish` waits for it, as every program waits that writes to such a terminal.
#pragma once

#include "runtime/events/event_backlog.h"
#include "runtime/sys/guarded.h"
#include "runtime/sys/thread.h"

#include <condition_variable>
#include <functional>

namespace mabplan::runtime {

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
    struct State {
        EventBacklog backlog;
        double latest = 0;  // what the clock said last
        bool started = false;
        bool shown_by_tellers = false;
        bool showing = false;
        bool ended = false;
        Thread thread{};
    };
    using Locked = Guarded<State>::Locked;
    void show_all(Locked& state);
    void run();

    BuildObserver& observer_;
    Clock clock_;
    Guarded<State> state_;
    std::condition_variable changed_;
};

}  // namespace mabplan::runtime
