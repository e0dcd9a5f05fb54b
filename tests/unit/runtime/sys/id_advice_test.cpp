#include "runtime/sys/id_advice.h"

#include <doctest/doctest.h>

using namespace mabplan::runtime;

TEST_CASE("a free range is nobody's, and the first there is") {
    CHECK(first_free_id("", 65536) == 100000);
    CHECK(first_free_id("a:100000:65536\n", 65536) == 165536);
    CHECK(first_free_id("b:165536:65536\na:100000:65536\n# a comment\nbad line\n", 65536) == 231072);
    CHECK(first_free_id("a:200000:65536\n", 65536) == 100000);
    CHECK(first_free_id("a:120000:65536\n", 65536) == 185536);
    CHECK(first_free_id("a:1000:99001\n", 10) == 100001);
    CHECK(first_free_id("a:100000:65536\nb:231072:65536\n", 65536) == 165536);
    CHECK(first_free_id("a:100000:65536\nb:231072:65536\n", 65537) == 296608);
}

TEST_CASE("a user without a range is told the number, and a range that is free") {
    const IdHolder lone{"bob", 1, 1, "alice:100000:65536\n", ""};
    CHECK(advise_ids(lone, {}) ==
          "the user bob has no range in /etc/subuid: `sudo usermod --add-subuids 165536-231071 --add-subgids 100000-165535 bob`");
    CHECK(advise_ids(lone, {1000, 1000}) ==
          "the user bob has no range in /etc/subuid, and 1001 ids are needed: `sudo usermod --add-subuids 165536-231071 --add-subgids "
          "100000-165535 bob`");
    CHECK(advise_ids(lone, {100000, 0}) ==
          "the user bob has no range in /etc/subuid, and 100001 ids are needed: `sudo usermod --add-subuids 165536-296607 --add-subgids "
          "100000-165535 bob`");
}

TEST_CASE("a user with a range that is too small is told what to add") {
    const IdHolder user{"bob", 65537, 65537, "bob:100000:65536\nalice:165536:65536\n", "bob:100000:65536\n"};
    CHECK(advise_ids(user, {100000, 5}) ==
          "the user bob has 65537 ids, and 100001 are needed: `sudo usermod --add-subuids 231072-296607 bob`");
    CHECK(advise_ids(user, {70000, 70000}) ==
          "the user bob has 65537 ids, and 70001 are needed: `sudo usermod --add-subuids 231072-296607 --add-subgids 165536-231071 bob`");
    CHECK(advise_ids(user, {4294967294, 0}) ==
          "the user bob has 65537 ids, and 4294967295 are needed, more than any range of /etc/subuid can have: choose a smaller id");
}

TEST_CASE("who is root has what is around him; ranges that are there and not used are no matter of usermod") {
    CHECK(advise_ids({"", 65536, 65536, "", ""}, {100000, 0}) ==
          "100001 ids are needed, and the container or user namespace that mabplan runs in has 65536: give it more");
    CHECK(advise_ids({"bob", 1, 1, "bob:100000:65536", "bob:100000:65536"}, {5, 5}) ==
          "the ranges that the user bob has in /etc/subuid and /etc/subgid can't be used here: `mabplan doctor` says why");
}
