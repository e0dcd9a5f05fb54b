#include "runtime/log/text_style.h"

#include <doctest/doctest.h>

using namespace mabplan::runtime;

namespace {

std::string again(std::string_view parameters, TextStyle style = {}) {
    apply_parameters(parameters, style);
    return style_code(style);
}

}  // namespace

TEST_CASE("colours are read in all their forms and written in one") {
    CHECK(again("31") == "\x1b[0;31m");
    CHECK(again("1;31;44") == "\x1b[0;1;31;44m");
    CHECK(again("97;100") == "\x1b[0;97;100m");
    CHECK(again("38;5;1") == "\x1b[0;31m");
    CHECK(again("38;5;9") == "\x1b[0;91m");
    CHECK(again("38;5;208;1") == "\x1b[0;1;38;5;208m");
    CHECK(again("48:5:208") == "\x1b[0;48;5;208m");
    CHECK(again("38;2;1;20;255;4") == "\x1b[0;4;38;2;1;20;255m");
    CHECK(again("38:2::1:20:255;4") == "\x1b[0;4;38;2;1;20;255m");
    CHECK(again("38:2:1:20:255") == "\x1b[0;38;2;1;20;255m");
}

TEST_CASE("styles add up, and end one by one or all at once") {
    TextStyle bold_red;
    apply_parameters("1;31", bold_red);
    CHECK(again("", bold_red) == "\x1b[0m");
    CHECK(again("0", bold_red) == "\x1b[0m");
    CHECK(again("22", bold_red) == "\x1b[0;31m");
    CHECK(again("39", bold_red) == "\x1b[0;1m");
    CHECK(again("0;4", bold_red) == "\x1b[0;4m");
    CHECK(again(";4", bold_red) == "\x1b[0;4m");
    CHECK(again("4:3;9;7", bold_red) == "\x1b[0;1;4;7;9;31m");
    CHECK(again("4;4:0") == "\x1b[0m");
    CHECK(again("2;3") == "\x1b[0;2;3m");
}

TEST_CASE("what hides, blinks or is nothing at all is left out") {
    for (const char* parameters : {"6", "8", "10", "21", "999", "38", "38;5", "38;5;256", "38;2;1", "48;7", "18446744073709551616"}) {
        CAPTURE(parameters);
        CHECK(again(parameters) == "\x1b[0m");
    }
}
