#include "tools/terminal/past_seconds.h"

#include "tests/support/terminal_project.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tools;
using mabplan::tests::TerminalProject;

TEST_CASE("the same definition is known, else the newest of the same instruction, wherever it stood") {
    TerminalProject project;
    project.plan.actions[project.make.index].definition_key = Digest::of("make");
    const std::vector<PastResult> results{{Digest::of("make"), "Dockerfile:2 RUN make", false, 5, 1},
                                          {Digest::of("make 2"), "Dockerfile:2 RUN make", false, 50, 9},
                                          {Digest::of("check 2"), "Dockerfile:33 RUN make check", false, 7, 3},
                                          {Digest::of("check 1"), "Dockerfile:3 RUN make check", false, 6, 2},
                                          {Digest::of("other"), "other.Dockerfile:3 RUN install", false, 9, 2}};
    const PastSeconds past = match_past(project.plan, results, tests::kAmd);
    CHECK(past[project.make.index] == 5);
    CHECK(past[project.check.index] == 7);
    CHECK_FALSE(past[project.arm_install.index]);
    CHECK_FALSE(past[project.amd_install.index]);
}

TEST_CASE("emulated commands are known from emulated ones, native from native ones") {
    const TerminalProject project;
    const std::vector<PastResult> results{{Digest::of("a"), "Dockerfile:5 RUN install", true, 40, 1},
                                          {Digest::of("b"), "Dockerfile:5 RUN install", false, 4, 2}};
    const PastSeconds past = match_past(project.plan, results, tests::kAmd);
    CHECK(past[project.arm_install.index] == 40);
    CHECK(past[project.amd_install.index] == 4);
    CHECK(match_past(project.plan, results, tests::kArm)[project.arm_install.index] == 4);
}
