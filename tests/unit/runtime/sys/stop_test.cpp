// What ends work before its time: asked and waited for, by the user or by a failure, and what of it stays.
#include "runtime/sys/stop.h"

#include <doctest/doctest.h>
#include <poll.h>

using namespace mabplan::runtime;

namespace {

bool is_readable(const Stop& stop) {
    pollfd waiting{stop.fd(), POLLIN, 0};
    return ::poll(&waiting, 1, 0) == 1 && (waiting.revents & POLLIN) != 0;
}

}  // namespace

TEST_CASE("the user's interrupt stops for good") {
    Stop stop;
    CHECK_FALSE(stop.is_stopped());
    CHECK_FALSE(is_readable(stop));
    stop.interrupt();
    CHECK(stop.is_stopped());
    CHECK(stop.is_interrupted());
    CHECK(is_readable(stop));
    CHECK(is_readable(stop));
    stop.begin_anew();
    CHECK(stop.is_interrupted());
    CHECK(is_readable(stop));
}

TEST_CASE("a failure stops what is done now, and not what is begun anew") {
    Stop stop;
    stop.give_up();
    stop.give_up();
    CHECK(stop.is_stopped());
    CHECK_FALSE(stop.is_interrupted());
    CHECK(is_readable(stop));
    stop.begin_anew();
    CHECK_FALSE(stop.is_stopped());
    CHECK_FALSE(is_readable(stop));
}
