// Who tells of a run's events, and who is told. Does not know what lies between them.
#pragma once

#include "runtime/events/build_event.h"

#include <functional>
#include <utility>
#include <vector>

namespace mabplan::runtime {

// Where those who do the work tell what happens. Called from several threads; returns at once.
class EventSink {
public:
    virtual ~EventSink() = default;
    virtual void tell(Happening what) = 0;
};

// Who is told of events, in their order: one call at a time, by a thread that does nothing else. It may take its time.
class BuildObserver {
public:
    virtual ~BuildObserver() = default;
    virtual void see(const BuildEvent& event) = 0;
    // Time goes by, about ten times a second from RunBegan to RunEnded, also while nothing happens.
    virtual void tick(double at) { static_cast<void>(at); }
};

// All of them see everything, in this order.
class ObserverList final : public BuildObserver {
public:
    explicit ObserverList(std::vector<std::reference_wrapper<BuildObserver>> observers) : observers_(std::move(observers)) {}
    void see(const BuildEvent& event) override {
        for (BuildObserver& observer : observers_) observer.see(event);
    }
    void tick(double at) override {
        for (BuildObserver& observer : observers_) observer.tick(at);
    }

private:
    std::vector<std::reference_wrapper<BuildObserver>> observers_;
};

}  // namespace mabplan::runtime
