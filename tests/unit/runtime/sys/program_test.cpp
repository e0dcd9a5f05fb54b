#include "runtime/sys/program.h"

#include <doctest/doctest.h>

#include <chrono>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

Result<ProgramEnd> shell(const std::string& words, const std::function<bool()>& stop = {}) {
    return run_program({{"/bin/sh", "-c", words}, {"WORD=given"}, "/tmp"}, stop);
}

}  // namespace

TEST_CASE("a program's ends: what it says, how it ended, where and with what it ran") {
    const auto end = shell("echo $WORD $HOME; pwd; cat; echo wrong >&2; exit 3");
    REQUIRE(end);
    CHECK(end->code == 3);
    CHECK(end->output == "given\n/tmp\n");
    CHECK(end->errors == "wrong\n");
    CHECK(shell("kill -9 $$")->code == 128 + 9);
    const auto missing = run_program({{"/nothing/here"}, {}, "/"}, {});
    REQUIRE_FALSE(missing);
    CHECK(missing.error().kind == ErrorKind::Environment);
}

TEST_CASE("what is kept is bounded, and no pipe fills up") {
    const auto end = shell("head -c 6000000 /dev/zero; head -c 100000 /dev/zero | tr '\\0' x >&2; printf end >&2");
    REQUIRE(end);
    CHECK(end->code == 0);
    CHECK(end->output.size() == kMostProgramOutput);
    CHECK(end->errors.size() == kMostProgramErrors);
    CHECK(end->errors.ends_with("xend"));
}

TEST_CASE("stopping kills what the program started as well") {
    const auto begin = std::chrono::steady_clock::now();
    const auto end =
        shell("sleep 60 & sleep 60", [&] { return std::chrono::steady_clock::now() - begin > std::chrono::milliseconds(200); });
    REQUIRE_FALSE(end);
    CHECK(end.error().kind == ErrorKind::Interrupted);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
}

TEST_CASE("programs are found in the order of the folders") {
    CHECK(find_program("sh", {"/nothing", "/bin", "/usr/bin"}) == "/bin/sh");
    CHECK(find_program("no-such-program", {"/bin"}).empty());
}
