#include "compiler/dockerfile/directives.h"

#include <doctest/doctest.h>

using namespace mabplan::compiler;

TEST_CASE("directives stop at the first line that is none") {
    CHECK(read_directives("# syntax=a\n# check = skip=all \nFROM x\n# escape=`").size() == 2);
    CHECK(read_directives("# unknown=1\n# escape=`").empty());
    CHECK(read_directives("\n# escape=`").empty());
    CHECK(read_directives("# escape =\n# syntax=a").empty());
    CHECK(read_directives("# es-cape=`").empty());
    const auto found = read_directives("#SYNTAX=a b\r\n");
    REQUIRE(found.size() == 1);
    CHECK(found[0].name == "syntax");
    CHECK(found[0].value == "a b");
    CHECK(first_word(found[0]) == "a");
}

TEST_CASE("the frontend is found in three forms") {
    const auto first = find_syntax("#!/usr/bin/x\n# syntax=one");
    REQUIRE(first);
    CHECK(first->value == "one");
    CHECK(first->line == 2);
    CHECK(find_syntax("// syntax = two\n")->value == "two");
    CHECK(find_syntax("\xef\xbb\xbf{\"syntax\": \"three\"}")->value == "three");
    CHECK(!find_syntax("{\"syntax\": 3}"));
    CHECK(!find_syntax("FROM a\n# syntax=late"));
    CHECK(!find_directive("// check=skip=all", "check"));
}
