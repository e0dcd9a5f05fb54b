#include "plans/base/rfc3339.h"

#include <doctest/doctest.h>

using namespace mabplan;

TEST_CASE("times of images are read as whole seconds, whatever their zone and fraction") {
    CHECK(parse_rfc3339("1970-01-01T00:00:00Z") == 0);
    CHECK(parse_rfc3339("1980-01-01T00:00:00Z") == 315532800);
    CHECK(parse_rfc3339("2024-02-29T12:34:56.999999999Z") == 1709210096);
    CHECK(parse_rfc3339("2024-02-29t12:34:56z") == 1709210096);
    CHECK(parse_rfc3339("2024-02-29T14:34:56+02:00") == 1709210096);
    CHECK(parse_rfc3339("2024-02-29T07:04:56-05:30") == 1709210096);
    CHECK(parse_rfc3339("0001-01-01T00:00:00Z") == -62135596800);
    CHECK(parse_rfc3339("9999-12-31T23:59:59Z") == 253402300799);
}

TEST_CASE("what is no time is none") {
    for (const char* text : {"", "2024", "2024-02-30T00:00:00Z", "2024-13-01T00:00:00Z", "2024-02-01T24:00:00Z", "2024-02-01T00:00:00",
                             "2024-02-01 00:00:00 UTC", "2024-02-01T00:00:00.Z", "2024-02-01T00:00:00Z ", "20240201T000000Z",
                             "+024-02-01T00:00:00Z", "2024-02-01T00:00:00+2:00"})
        CHECK_MESSAGE(!parse_rfc3339(text), text);
}

TEST_CASE("what is written is read again") {
    CHECK(format_rfc3339(0) == "1970-01-01T00:00:00Z");
    CHECK(format_rfc3339(-1) == "1969-12-31T23:59:59Z");
    for (const std::int64_t seconds :
         {std::int64_t{0}, std::int64_t{315532800}, std::int64_t{1709210096}, std::int64_t{-62135596800}, std::int64_t{253402300799}})
        CHECK(parse_rfc3339(format_rfc3339(seconds)) == seconds);
}
