#include "plans/base/result.h"

#include <doctest/doctest.h>

using namespace mabplan;

TEST_CASE("an error shows place, excerpt with caret, context and hint") {
    const auto text = std::make_shared<SourceText>("Dockerfile", "FROM x\nRNU echo\r\nCMD y\n");
    Error error = input_error({text, 2, 1, 3}, "unknown instruction \"RNU\"", "did you mean \"RUN\"?").value();
    error = std::move(error).with_context("compiling the target web");
    CHECK(format_error(error) ==
          "Dockerfile:2:1: error: unknown instruction \"RNU\"\n"
          "     1 | FROM x\n"
          ">    2 | RNU echo\n"
          "       | ^^^\n"
          "     3 | CMD y\n"
          "  while compiling the target web\n"
          "  hint: did you mean \"RUN\"?\n");
}

TEST_CASE("a range marks all its lines") {
    const SourcePlace place{std::make_shared<SourceText>("D", "a\nb\nc\nd\ne\nf"), 3, 0, 1, 4};
    CHECK(format_place(place) == "D:3");
    CHECK(format_excerpt(place, 1) == "     2 | b\n>    3 | c\n>    4 | d\n     5 | e\n");
}

TEST_CASE("MABPLAN_TRY passes the error on") {
    const auto inner = []() -> Result<int> { return input_error("no"); };
    const auto outer = [&]() -> Result<std::string> {
        MABPLAN_TRY(value, inner());
        return std::to_string(value);
    };
    CHECK(outer().error().message == "no");
}

TEST_CASE("a cause stays with an error that is passed on, and is no part of its words") {
    const auto inner = []() -> Result<int> { return fail(Error{ErrorKind::Registry, "no"}.with_cause(HttpStatus{404})); };
    const auto outer = [&]() -> Status {
        MABPLAN_TRY(value, inner());
        static_cast<void>(value);
        return {};
    };
    const Error error = outer().error();
    REQUIRE(std::holds_alternative<HttpStatus>(error.cause));
    CHECK(std::get<HttpStatus>(error.cause).code == 404);
    CHECK(format_error(error) == "error: no\n");
    CHECK(std::holds_alternative<std::monostate>(input_error("no").value().cause));
}
