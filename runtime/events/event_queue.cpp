#include "runtime/events/event_queue.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::chrono::milliseconds kTick{100};
constexpr double kTickSeconds = 0.1;

}  // namespace

EventQueue::EventQueue(BuildObserver& observer, Clock clock, EventLimits limits)
    : observer_(observer), clock_(std::move(clock)), state_(State{EventBacklog(limits)}) {}

void EventQueue::tell(Happening what) {
    auto state = state_.lock();
    state->latest = std::max(state->latest, clock_());
    const bool was_empty = state->backlog.empty();
    state->backlog.add(state->latest, std::move(what));
    if (state->shown_by_tellers) return show_all(state);
    // of most bytes on their way there is nothing to tell; and who was woken for the first event finds all that follow
    if (was_empty && !state->backlog.empty()) changed_.notify_one();
}

// One thread at a time; another one that comes meanwhile leaves its own to it.
void EventQueue::show_all(Locked& state) {
    if (std::exchange(state->showing, true)) return;
    while (!state->backlog.empty()) {
        const BuildEvent event = state->backlog.take_first();
        state.without([&] { observer_.see(event); });
    }
    state->showing = false;
}

void EventQueue::run() {
    auto state = state_.lock();
    double ticked = state->latest;
    while (!state->ended || !state->backlog.empty()) {
        const bool woken = state.wait_for(changed_, kTick, [&] { return state->ended || !state->backlog.empty(); });
        show_all(state);
        state->latest = std::max(state->latest, clock_());
        if (state->ended || (woken && state->latest - ticked < kTickSeconds)) continue;
        ticked = state->latest;
        state.without([&] { observer_.tick(ticked); });
    }
}

void EventQueue::start() {
    auto state = state_.lock();
    if (std::exchange(state->started, true)) return;
    auto thread = start_thread([this]() -> Status {
        run();
        return {};
    });
    if (thread) {
        state->thread = *std::move(thread);
        return;
    }
    state->shown_by_tellers = true;
    show_all(state);
}

Status EventQueue::finish() {
    auto state = state_.lock();
    state->started = true;
    state->ended = true;
    changed_.notify_all();
    if (Thread thread = std::exchange(state->thread, {}); thread.joinable()) return state.without([&] { return thread.join(); });
    show_all(state);
    return {};
}

}  // namespace mabplan::runtime
