#include "runtime/http/http_date.h"
#include "runtime/http/http_status.h"

#include <doctest/doctest.h>

using namespace mabplan::runtime;

TEST_CASE("the three forms of a date") {
    CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == 784111777);
    CHECK(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == 784111777);
    CHECK(parse_http_date("Sun Nov  6 08:49:37 1994") == 784111777);
    for (const char* bad : {"", "yesterday", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nov 1994 08:49:37 GMT and more"})
        CHECK_FALSE(parse_http_date(bad));
}

TEST_CASE("status codes in words") {
    CHECK(status_words(404) == "404 Not Found");
    CHECK(status_words(599) == "599");
}

TEST_CASE("a date is written in the form that all read") {
    CHECK(format_http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(parse_http_date(format_http_date(1795947802)) == 1795947802);
}
