#include "compiler/matrix/units.h"

#include <doctest/doctest.h>

using namespace mabplan::compiler;

TEST_CASE("sizes") {
    const auto decimal = [](std::string_view text) { return parse_size(text, SizeUnits::Decimal); };
    const auto binary = [](std::string_view text) { return parse_size(text, SizeUnits::Binary); };
    CHECK(decimal("20GB") == 20'000'000'000ULL);
    CHECK(decimal("512") == 512);
    CHECK(decimal("1.5 k") == 1500);
    CHECK(decimal("64KiB") == 65536);
    CHECK(decimal("3b") == 3);
    CHECK(binary("64m") == 67'108'864ULL);
    CHECK(binary("2gb") == 2'147'483'648ULL);
    CHECK(binary("1TiB") == 1ULL << 40U);
    for (const char* text : {"", "GB", "1x", "1kx", "-1", "1..2", "1.", ".5", "1e3", "1 2", "99999999T", "1234567890123456"}) {
        CAPTURE(text);
        CHECK_FALSE(decimal(text));
    }
}

TEST_CASE("durations") {
    CHECK(parse_duration_ms("90s") == 90'000);
    CHECK(parse_duration_ms("1h30m") == 5'400'000);
    CHECK(parse_duration_ms("1.5m") == 90'000);
    CHECK(parse_duration_ms("1m250ms") == 60'250);
    CHECK(parse_duration_ms("0s") == 0);
    for (const char* text : {"", "5", "s", "5d", "5s ", "1h-1m", "99999h"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_duration_ms(text));
    }
}
