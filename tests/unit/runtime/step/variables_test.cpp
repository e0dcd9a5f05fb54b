#include "runtime/step/variables.h"

#include <doctest/doctest.h>

using namespace mabplan::runtime;

TEST_CASE("a variable is found by its whole name, the first entry counts") {
    const std::vector<std::string> env{"AB=1", "A=2", "A=3", "EMPTY=", "A"};
    CHECK(value_of_variable(env, "A") == "2");
    CHECK(value_of_variable(env, "EMPTY") == "");
    CHECK_FALSE(value_of_variable(env, "B"));
}

TEST_CASE("a variable is set where it stands, or last") {
    std::vector<std::string> env{"A=1", "B=2", "AB=3"};
    set_in_place(env, "A=x");
    CHECK(env == std::vector<std::string>{"A=x", "B=2", "AB=3"});
    set_in_place(env, "C=4");
    CHECK(env == std::vector<std::string>{"A=x", "B=2", "AB=3", "C=4"});
    set_last(env, "A=y");
    CHECK(env == std::vector<std::string>{"B=2", "AB=3", "C=4", "A=y"});
    set_last(env, "D=5");
    CHECK(env.back() == "D=5");
}
