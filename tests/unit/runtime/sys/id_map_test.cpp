#include "runtime/sys/id_map.h"

#include <doctest/doctest.h>

using namespace mabplan::runtime;

TEST_CASE("a map of the kernel is read and passed on as it is") {
    const auto map = parse_id_map("         0       1001          1\n         1     100000      65536\n");
    CHECK(map == std::vector<IdRange>{{0, 1001, 1}, {1, 100000, 65536}});
    CHECK(count_ids(map) == 65537);
    CHECK(format_id_map(identity_map(map)) == "0 0 1\n1 1 65536\n");
}

TEST_CASE("lines that are no ranges are left out") { CHECK(parse_id_map("a b c\n1 2\n\n0 0 4294967295 9\n").empty()); }

TEST_CASE("a user's subordinate ranges follow one after the other, by name or by number") {
    const char* text = "# comment\nother:1:2\nann:100000:65536\n1001:300000:10\nann:0:0\nann:x:1\n";
    CHECK(format_id_map(subordinate_map(1001, "ann", 1001, text)) == "0 1001 1\n1 100000 65536\n65537 300000 10\n");
}

TEST_CASE("a user without ranges has one id") {
    CHECK(format_id_map(subordinate_map(1001, "bob", 1001, "ann:100000:65536\n")) == "0 1001 1\n");
}
