#include "tools/terminal/estimate.h"

#include "tests/support/terminal_project.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tools;
using namespace mabplan::runtime;
using mabplan::tests::TerminalProject;

TEST_CASE("what is left is the longest line of steps, or all of them by the number at a time") {
    const TerminalProject project;
    BuildState state(project.plan);
    state.see({0, RunBegan{5, 0, 5, {}}});
    PastSeconds past(project.plan.actions.size());
    CHECK_FALSE(estimate_rest(state, past, 0, 4));
    past[project.make.index] = 10;
    CHECK(estimate_rest(state, past, 0, 4) == Estimate{10, true});
    past[project.check.index] = 5;
    past[project.arm_install.index] = 7;
    past[project.amd_install.index] = 8;
    past[project.arm_copy.index] = 1;
    CHECK(estimate_rest(state, past, 0, 4) == Estimate{16, false});
    CHECK(estimate_rest(state, past, 0, 1) == Estimate{31, false});
    state.see({1, Started{project.make}});
    CHECK(estimate_rest(state, past, 5, 4) == Estimate{12, false});
    CHECK(estimate_rest(state, past, 100, 4) == Estimate{8, false});  // it takes longer than it did
    state.see({11, Finished{project.make, HowDone::Native}});
    CHECK(estimate_rest(state, past, 11, 4) == Estimate{8, false});
    for (const ActionId id : {project.check, project.arm_install, project.arm_copy, project.amd_install})
        state.see({20, Finished{id, HowDone::Native}});
    CHECK_FALSE(estimate_rest(state, past, 20, 4));
}

TEST_CASE("what nobody needs takes no time") {
    const TerminalProject project;
    BuildState state(project.plan);
    state.see({0, RunBegan{5, 1, 4, {}}});
    state.see({0, Finished{project.arm_copy, HowDone::CachedDefinition}});
    PastSeconds past(project.plan.actions.size());
    past[project.make.index] = 100;
    past[project.arm_install.index] = 3;
    past[project.amd_install.index] = 2;
    CHECK(estimate_rest(state, past, 0, 4) == Estimate{3, false});  // neither make nor check: what is copied from them is there
}

TEST_CASE("estimates in words") {
    CHECK(estimate_text({45, false}) == "about 45 s left");
    CHECK(estimate_text({200, true}) == "at least 3 min left");
}
