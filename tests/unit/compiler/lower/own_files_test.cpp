#include "compiler/lower/own_files.h"

#include <doctest/doctest.h>

using namespace mabplan::compiler;

using Texts = std::vector<std::string>;

TEST_CASE("what is ours below a folder is excluded, around the user's own patterns") {
    const OwnFiles own{"/home/me/project", {"/home/me/project/mabplan.plan.json", "dist/web", "/elsewhere/out", "api/out.tar", "."}};
    CHECK(with_own_patterns(own, ".", {"*.o"}) ==
          Texts{"api", "!api/**", "dist", "!dist/**", "*.o", "api/out.tar", "dist/web", "mabplan.plan.json"});
    CHECK(with_own_patterns(own, "api", {}) == Texts{"out.tar"});
    CHECK(with_own_patterns(own, "/elsewhere", {"x"}) == Texts{"x", "out"});
    CHECK(with_own_patterns(own, "other", {"x"}) == Texts{"x"});
}

TEST_CASE("characters that patterns know stand for themselves") {
    CHECK(with_own_patterns({"/p", {"a*[b]?", "!x"}}, ".", {}) == Texts{"\\!x", "a\\*\\[b]\\?"});
}
