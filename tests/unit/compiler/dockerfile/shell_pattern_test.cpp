#include "compiler/dockerfile/shell_pattern.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

using Extent = ShellPattern::Extent;
using Occurrences = ShellPattern::Occurrences;

ShellPattern pattern(std::string_view text) {
    auto parsed = ShellPattern::parse(text);
    REQUIRE_MESSAGE(parsed.has_value(), text);
    return *parsed;
}

std::string prefix(std::string_view text, std::string_view value, Extent extent) {
    return pattern(text).remove_prefix(value, extent).value();
}
std::string suffix(std::string_view text, std::string_view value, Extent extent) {
    return pattern(text).remove_suffix(value, extent).value();
}

}  // namespace

TEST_CASE("the shortest and the longest prefix") {
    CHECK(prefix("*a", "banana", Extent::Shortest) == "nana");
    CHECK(prefix("*a", "banana", Extent::Longest) == "");
    CHECK(prefix("*n*n", "banana", Extent::Shortest) == "a");
    CHECK(prefix("x", "banana", Extent::Longest) == "banana");
    CHECK(prefix("", "banana", Extent::Longest) == "banana");
    CHECK(prefix("??", "banana", Extent::Longest) == "nana");
    CHECK(prefix("\\*\\?\\\\", "*?\\x", Extent::Longest) == "x");
    CHECK(prefix("[b]", "banana", Extent::Longest) == "banana");
}

TEST_CASE("the shortest and the longest suffix") {
    CHECK(suffix("a*", "banana", Extent::Shortest) == "banan");
    CHECK(suffix("a*", "banana", Extent::Longest) == "b");
    CHECK(suffix("\\*?", "a*b*c", Extent::Shortest) == "a*b");
}

TEST_CASE("characters are code points, lone bytes count as one") {
    CHECK(prefix("?", "\xc3\xa4x", Extent::Longest) == "x");
    CHECK(prefix("?", "\xc3x", Extent::Longest) == "x");
    CHECK(suffix("?", "x\xc3\xa4", Extent::Longest) == "x");
    CHECK(split_characters("a\xe2\x82\xac\xff").size() == 3);
}

TEST_CASE("wildcards stop at a line feed") {
    CHECK(prefix("*", "a\nb", Extent::Longest) == "\nb");
    CHECK(prefix("?", "\n", Extent::Longest) == "\n");
    CHECK(prefix("\n", "\nx", Extent::Longest) == "x");
}

TEST_CASE("replacement") {
    CHECK(pattern("a?").replace("banana", "-", Occurrences::First).value() == "b-ana");
    CHECK(pattern("a?").replace("banana", "-", Occurrences::All).value() == "b--a");
    CHECK(pattern("*").replace("abc", "x", Occurrences::All).value() == "x");
    CHECK(pattern("").replace("ab", ".", Occurrences::All).value() == ".a.b.");
    CHECK(pattern("").replace("ab", ".", Occurrences::First).value() == ".ab");
    CHECK(pattern("z").replace("ab", ".", Occurrences::All).value() == "ab");
    CHECK(pattern("a").replace("aaa", "$1", Occurrences::All).value() == "$1$1$1");
}

TEST_CASE("a backslash at the end is refused") {
    const auto parsed = ShellPattern::parse("a\\");
    REQUIRE(!parsed.has_value());
    CHECK(parsed.error().message == "the pattern \"a\\\\\" ends in a lone backslash");
}
