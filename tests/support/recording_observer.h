// What was told of a run, kept for tests: as an observer behind a queue, or as the sink itself.
#pragma once

#include "runtime/events/build_observer.h"

#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

namespace mabplan::tests {

// Look at `events` when nobody tells any more.
class RecordingObserver final : public runtime::BuildObserver {
public:
    std::vector<runtime::BuildEvent> events;
    std::atomic<int> ticks{0};

    void see(const runtime::BuildEvent& event) override { events.push_back(event); }
    void tick(double) override { ++ticks; }

    // Of one kind, in their order.
    template <class Kind>
    std::vector<Kind> all() const {
        std::vector<Kind> found;
        for (const runtime::BuildEvent& event : events)
            if (const auto* kind = std::get_if<Kind>(&event.what)) found.push_back(*kind);
        return found;
    }
    // The output of one action, put together.
    std::string said_by(ActionId id) const {
        std::string text;
        for (const runtime::Said& said : all<runtime::Said>())
            if (said.id == id) text += said.bytes;
        return text;
    }
};

// Told from several threads, without a queue.
class RecordingSink final : public runtime::EventSink {
public:
    RecordingObserver record;

    void tell(runtime::Happening what) override {
        const std::scoped_lock lock(mutex_);
        record.see({0, std::move(what)});
    }

private:
    std::mutex mutex_;
};

}  // namespace mabplan::tests
