#include "tools/terminal/durations.h"

#include <doctest/doctest.h>

using namespace mabplan::tools;

TEST_CASE("seconds as a clock shows them") {
    CHECK(tenths(0) == "0.0s");
    CHECK(tenths(-1) == "0.0s");
    CHECK(tenths(59.94) == "59.9s");
    CHECK(tenths(59.96) == "1m00s");
    CHECK(tenths(65) == "1m05s");
    CHECK(tenths(3599.4) == "59m59s");
    CHECK(tenths(7384) == "2h03m");
}

TEST_CASE("seconds that are known roughly") {
    CHECK(in_words(0.4) == "0 s");
    CHECK(in_words(119.4) == "119 s");
    CHECK(in_words(150) == "3 min");
    CHECK(in_words(7200) == "2 h");
    CHECK(rate_text(1.5e6) == "1.50 MB/s");
    CHECK(rate_text(-1) == "0 B/s");
}
