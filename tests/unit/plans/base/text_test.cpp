#include "plans/base/text.h"
#include "plans/base/suggest.h"

#include <doctest/doctest.h>

#include <array>

using namespace mabplan;

TEST_CASE("clean_path follows POSIX") {
    CHECK(clean_path("") == ".");
    CHECK(clean_path("/") == "/");
    CHECK(clean_path("/a//b/./c/..") == "/a/b");
    CHECK(clean_path("/../a") == "/a");
    CHECK(clean_path("a/../..") == "..");
    CHECK(clean_path("../../a") == "../../a");
    CHECK(join_path("/work", "x/../y") == "/work/y");
    CHECK(join_path("/work", "/abs") == "/abs");
}

TEST_CASE("base_name and parent_path") {
    CHECK(base_name("a/b/") == "b");
    CHECK(base_name("b") == "b");
    CHECK(base_name("/") == "/");
    CHECK(parent_path("/a") == "/");
    CHECK(parent_path("a") == ".");
    CHECK(parent_path("/a/b") == "/a");
}

TEST_CASE("numbers take the whole text") {
    CHECK(parse_unsigned("0755", 8) == 0755);
    CHECK_FALSE(parse_unsigned("12x"));
    CHECK_FALSE(parse_unsigned(""));
    CHECK_FALSE(parse_unsigned("-1"));
    CHECK(parse_signed("-1") == -1);
}

TEST_CASE("quoted text is safe on a terminal") {
    CHECK(quoted("a\"b\x1b[0m\xff\xc3\xa9") == "\"a\\\"b\\x1b[0m\\xff\xc3\xa9\"");
    CHECK_FALSE(is_valid_utf8("\xc0\x80"));
    CHECK_FALSE(is_valid_utf8("\xed\xa0\x80"));
    CHECK(is_valid_utf8("\xf0\x9f\x98\x80"));
}

TEST_CASE("a suggestion is at most two edits away and shorter than the word") {
    const std::array<std::string, 3> known{"RUN", "COPY", "FROM"};
    CHECK(nearest_word("RNU", known) == "RUN");
    CHECK(nearest_word("copi", known) == "COPY");
    CHECK(nearest_word("ADDRESS", known).empty());
    CHECK(suggestion("FORM", known) == "did you mean \"FROM\"?");
}

TEST_CASE("the words for yes and no are those of Go") {
    for (const char* word : {"1", "t", "T", "true", "True", "TRUE"}) CHECK(parse_truth(word) == true);
    for (const char* word : {"0", "f", "F", "false", "False", "FALSE"}) CHECK(parse_truth(word) == false);
    for (const char* word : {"", "yes", "tRUE", "01", "true "}) CHECK_FALSE(parse_truth(word));
}

TEST_CASE("a name in a relative directory") {
    CHECK(path_in(".", "b") == "b");
    CHECK(path_in("a", "b") == "a/b");
    CHECK(path_in("a/b", "c/d") == "a/b/c/d");
}
