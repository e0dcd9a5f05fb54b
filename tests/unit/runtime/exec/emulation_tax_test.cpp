#include "runtime/exec/emulation_tax.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

const Platform kArm{"linux", "arm64", {}, {}, {}};
const Platform kArm7{"linux", "arm", "v7", {}, {}};

// A stage of one command; a base of its own.
ActionId add_stage(Plan& plan, const std::string& stage, const Platform& platform, const std::vector<ActionId>& takes_from = {}) {
    RunAction run;
    run.argv = {"/bin/sh", "-c", stage};
    run.platform = platform;
    plan.actions.push_back({run, {}, {"Dockerfile", 1, 1, stage, "RUN " + stage}, {}});
    ActionId at{static_cast<std::uint32_t>(plan.actions.size() - 1)};
    for (const ActionId from : takes_from) {
        CopyAction copy;
        copy.root = at;
        copy.parts.push_back({RootFiles{from}, {"/a"}, false});
        plan.actions.push_back({copy, {}, {"Dockerfile", 2, 2, stage, "COPY"}, {}});
        at = {static_cast<std::uint32_t>(plan.actions.size() - 1)};
    }
    return at;
}

void add_cell(Plan& plan, const Platform& platform, ActionId root) {
    if (plan.targets.empty()) plan.targets.push_back({});
    Cell cell;
    cell.platform = platform;
    cell.root = root;
    plan.targets.front().cells.push_back(std::move(cell));
}

}  // namespace

TEST_CASE("each platform's emulated time is told, with the stage that files are taken from") {
    Plan plan;
    const ActionId build = add_stage(plan, "build", kArm);                                                     // 0
    const ActionId docs = add_stage(plan, "docs", kArm);                                                       // 1
    add_cell(plan, kArm, add_stage(plan, "final", kArm, {build, docs}));                                       // 2, 3, 4
    add_cell(plan, kArm7, add_stage(plan, "final", kArm7));                                                    // 5
    add_cell(plan, {"linux", "amd64", {}, {}, {}}, add_stage(plan, "final", {"linux", "amd64", {}, {}, {}}));  // 6
    const auto taxes = emulation_taxes(plan, {{48, true}, {3, true}, {10, true}, {12.6, false}, {0.2, false}, {7, true}, {100, false}});
    REQUIRE(taxes.size() == 2);
    CHECK(taxes[0] == EmulationTax{kArm, 61, 73.8, "build", 48});
    CHECK(taxes[1] == EmulationTax{kArm7, 7, 7, "", 0});
    CHECK(tax_in_words(taxes[0]) ==
          "arm64: 61 s of 74 s emulated; stage build took 48 s of it and could cross-compile (FROM --platform=$BUILDPLATFORM)");
    CHECK(tax_in_words(taxes[1]) == "arm/v7: 7 s of 7 s emulated");
}

TEST_CASE("what was not executed, or natively, costs nothing; a stage that takes little is not named, nor little at all told") {
    Plan plan;
    const ActionId build = add_stage(plan, "build", kArm);
    const ActionId final = add_stage(plan, "final", kArm, {build});
    add_cell(plan, kArm, final);
    add_cell(plan, kArm, final);
    CHECK(emulation_taxes(plan, {{0, false}, {9, false}, {1, false}}).empty());
    CHECK(tax_in_words(emulation_taxes(plan, {{4, true}, {36, true}, {1, false}}).front()) == "arm64: 40 s of 41 s emulated");
    CHECK(tax_in_words(emulation_taxes(plan, {{2, true}, {2.9, true}, {90, false}}).front()).empty());
}
