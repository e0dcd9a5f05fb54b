// Actions carried out on several threads: in order, side by side, and to an end whatever one of them does.
#include "runtime/sched/carry_out.h"

#include "runtime/sys/guarded.h"
#include "tests/support/no_more_threads.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <stdexcept>
#include <vector>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

constexpr ActionId a{0}, b{1}, c{2}, d{3};

// a <- b, a <- c, (b, c) <- d
Schedule diamond() {
    Schedule schedule(4);
    const std::array<ActionId, 1> from_a{a};
    const std::array<ActionId, 2> from_both{b, c};
    schedule.want(a, {});
    schedule.want(b, from_a);
    schedule.want(c, from_a);
    schedule.want(d, from_both);
    return schedule;
}

// What was begun, in that order; several threads tell.
class Begun {
public:
    void add(ActionId id) { ids_.lock()->push_back(id.index); }
    std::vector<std::uint32_t> all() const { return *ids_.lock(); }

private:
    Guarded<std::vector<std::uint32_t>> ids_;
};

}  // namespace

TEST_CASE("each action is executed once, behind its inputs") {
    for (const std::size_t most : {1, 2, 8}) {
        Schedule schedule = diamond();
        Begun begun;
        CHECK(carry_out(schedule, {most, [&](ActionId id) {
                                       begun.add(id);
                                       return ActionEnd::Done;
                                   }}));
        const std::vector<std::uint32_t> order = begun.all();
        REQUIRE(order.size() == 4);
        CHECK(order.front() == a.index);
        CHECK(order.back() == d.index);
        CHECK(schedule.open() == 0);
    }
}

TEST_CASE("what needs nothing of each other runs side by side") {
    Schedule schedule = diamond();
    Guarded<int> side_by_side;
    std::condition_variable changed;
    // b and c each wait until the other has begun
    CHECK(carry_out(schedule, {2, [&](ActionId id) {
                                   if (id == b || id == c) {
                                       auto count = side_by_side.lock();
                                       ++*count;
                                       changed.notify_all();
                                       count.wait(changed, [&] { return *count == 2; });
                                   }
                                   return ActionEnd::Done;
                               }}));
    CHECK(schedule.state(d) == ActionState::Done);
}

TEST_CASE("a failure skips what depends on it; one for all, whatever has not begun") {
    Schedule some = diamond();
    CHECK(carry_out(some, {1, [](ActionId id) { return id == b ? ActionEnd::Failed : ActionEnd::Done; }}));
    CHECK(some.state(b) == ActionState::Failed);
    CHECK(some.state(c) == ActionState::Done);
    CHECK(some.state(d) == ActionState::Skipped);
    Schedule all = diamond();
    CHECK(carry_out(all, {1, [](ActionId id) { return id == b ? ActionEnd::FailedForAll : ActionEnd::Done; }}));
    CHECK(all.state(c) == ActionState::Skipped);
    CHECK(all.state(d) == ActionState::Skipped);
}

TEST_CASE("nothing is begun after a stop") {
    Schedule schedule = diamond();
    std::atomic<bool> stopped{false};
    CHECK(carry_out(schedule, {2,
                               [&](ActionId) {
                                   stopped = true;
                                   return ActionEnd::Done;
                               },
                               [&] { return stopped.load(); }}));
    CHECK(schedule.state(a) == ActionState::Done);
    CHECK(schedule.state(b) == ActionState::Skipped);
    CHECK(schedule.open() == 0);
}

TEST_CASE("what an action throws is the error of all, and nobody waits for ever") {
    for (const std::size_t most : {1, 4}) {
        Schedule schedule = diamond();
        const Status done = carry_out(schedule, {most, [](ActionId id) -> ActionEnd {
                                                     if (id == b) throw std::runtime_error("no digest");
                                                     return ActionEnd::Done;
                                                 }});
        REQUIRE_FALSE(done);
        CHECK(done.error().message == "a fault of mabplan: no digest");
        CHECK(schedule.state(d) == ActionState::Skipped);
        CHECK(schedule.open() == 0);
    }
}

TEST_CASE("where no thread can be had, the caller does all") {
    CHECK(holds_without_threads([] {
        Schedule schedule = diamond();
        return carry_out(schedule, {4, [](ActionId) { return ActionEnd::Done; }}).has_value() && schedule.state(d) == ActionState::Done;
    }));
}
