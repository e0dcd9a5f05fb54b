#include "runtime/log/styled_text.h"

#include <doctest/doctest.h>

using namespace mabplan::runtime;

TEST_CASE("width counts columns, not bytes, and no styles") {
    CHECK(width_of("") == 0);
    CHECK(width_of("abc") == 3);
    CHECK(width_of("\x1b[0;1;31mabc\x1b[0m") == 3);
    CHECK(width_of("é漢🚀") == 5);
    CHECK(width_of("e\u0301") == 1);
}

TEST_CASE("text is cut at columns and says so, and styles end with it") {
    CHECK(cut_to_width("abcdefgh", 8) == "abcdefgh");
    CHECK(cut_to_width("abcdefghi", 8) == "abcde...");
    CHECK(cut_to_width("abcdefghi", 6) == "abcdef");
    CHECK(cut_to_width("abc", 0) == "");
    CHECK(cut_to_width("漢漢漢漢漢", 8) == "漢漢...");
    CHECK(cut_to_width("e\u0301e\u0301e\u0301", 2) == "e\u0301e\u0301");
    CHECK(cut_to_width("\x1b[0;31mabcdefghi\x1b[0m", 8) == "\x1b[0;31mabcde\x1b[0m...");
    CHECK(pad_to_width("漢漢漢漢漢", 8) == "漢漢... ");
    CHECK(pad_to_width("ab", 4) == "ab  ");
}

TEST_CASE("text without styles, and text of others on one line") {
    CHECK(without_styles("a\x1b[0;31mb\x1b[0mc") == "abc");
    CHECK(without_styles("a\x1b[") == "a");
    CHECK(as_one_line("a\nb\r\n\x1b]0;title\x07\x1b[31mc\x1b[2Jd") == "a b cd");
    CHECK(as_one_line("") == "");
}
