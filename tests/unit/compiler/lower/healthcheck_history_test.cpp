#include "compiler/lower/healthcheck_history.h"

#include <doctest/doctest.h>

using namespace mabplan::compiler;

TEST_CASE("HEALTHCHECK in a history") {
    Healthcheck check;
    CHECK(healthcheck_history({"NONE"}, check) ==
          "HEALTHCHECK {Test:[NONE] Interval:0s Timeout:0s StartPeriod:0s StartInterval:0s Retries:0}");
    check.interval = std::chrono::seconds(90);
    check.timeout = std::chrono::milliseconds(1500);
    check.start_period = std::chrono::hours(1);
    check.start_interval = std::chrono::milliseconds(5);
    check.retries = 3;
    CHECK(healthcheck_history({"CMD", "a b", "c"}, check) ==
          "HEALTHCHECK {Test:[CMD a b c] Interval:1m30s Timeout:1.5s StartPeriod:1h0m0s StartInterval:5ms Retries:3}");
}
