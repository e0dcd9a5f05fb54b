#include "runtime/sched/schedule.h"

#include <doctest/doctest.h>

#include <array>

using namespace mabplan;
using namespace mabplan::runtime;

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

}  // namespace

TEST_CASE("an action starts when all its inputs are done, and not before") {
    Schedule schedule = diamond();
    CHECK(schedule.take() == a);
    CHECK_FALSE(schedule.take());
    schedule.finish(a, true);
    CHECK(schedule.take() == b);
    CHECK(schedule.take() == c);
    CHECK(schedule.running() == 2);
    schedule.finish(c, true);
    CHECK_FALSE(schedule.take());
    schedule.finish(b, true);
    CHECK(schedule.take() == d);
    schedule.finish(d, true);
    CHECK(schedule.open() == 0);
}

TEST_CASE("a failure skips what depends on it, and nothing else") {
    Schedule schedule = diamond();
    schedule.finish(*schedule.take(), true);
    CHECK(schedule.take() == b);
    schedule.finish(b, false);
    CHECK(schedule.state(d) == ActionState::Skipped);
    CHECK(schedule.take() == c);
    schedule.finish(c, true);
    CHECK(schedule.open() == 0);
}

TEST_CASE("what is settled is never taken") {
    Schedule schedule(3);
    const std::array<ActionId, 1> from_a{a}, from_b{b};
    schedule.settle(a);
    schedule.want(b, from_a);
    schedule.want(c, from_b);
    CHECK(schedule.take() == b);
    schedule.cancel();
    schedule.finish(b, true);
    CHECK_FALSE(schedule.take());
    CHECK(schedule.state(c) == ActionState::Skipped);
    CHECK(schedule.open() == 0);
}
