// What a run tells of itself. Each runs in a process of its own, which enters the namespace of a run; plans have no commands.
#include "tests/support/example_plan.h"
#include "tests/support/temporary_directory.h"
#include "tests/unit/runtime/run/run_world.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <string>

using namespace mabplan;
using namespace mabplan::runtime;
using mabplan::runtime::tests::told_in_child;

namespace {

// WORKDIR, and a here-document copied into it: one image, in a folder.
Plan small_plan() {
    Plan plan;
    const ActionId made = mabplan::tests::add_action(plan, MakeDirectoryAction{std::nullopt, "/app", ""}, "WORKDIR /app");
    CopyAction copy;
    copy.root = made;
    copy.parts.push_back({InlineFiles{{{"greeting", "hello"}}}, {}});
    copy.destination = "/app/";
    const ActionId copied = mabplan::tests::add_action(plan, copy, "COPY <<greeting /app/");
    Cell cell;
    cell.target = "it";
    cell.platform = cell.root_platform = {"linux", "arm64", {}, {}, {}};
    cell.root = copied;
    cell.config = R"({"architecture":"arm64","os":"linux"})";
    cell.created = 0;  // else each run makes another image, of its own second
    plan.targets.push_back({"it", {cell}, {}, {}, {}, {LayoutOutput{"out", false}}});
    return plan;
}

}  // namespace

TEST_CASE("a run tells its totals, each action, its outputs and its end; the next one that all is done") {
    mabplan::tests::TemporaryDirectory folder;
    const Plan plan = small_plan();
    CHECK(told_in_child(plan, folder.path()) ==
          "began: 2 wanted, 0 cached, 2 to execute, 1 platforms\n"
          "started 0\nfinished 0 native true\n"
          "started 1\nfinished 1 native true\n"
          "exporting out\nexported out\n"
          "ended: succeeded, 0 cached, 2 executed, 0 failed, 0 skipped\n");
    CHECK(told_in_child(plan, folder.path()) ==
          "began: 2 wanted, 2 cached, 0 to execute, 1 platforms\n"
          "finished 0 cached true\nfinished 1 cached true\n"
          "exported out\n"
          "ended: succeeded, 2 cached, 0 executed, 0 failed, 0 skipped\n");
}

TEST_CASE("a run whose action fails tells it, and what was not begun for that") {
    mabplan::tests::TemporaryDirectory folder;
    Plan plan = small_plan();
    CopyAction wrong;
    wrong.root = ActionId{1};
    wrong.parts.push_back({RootFiles{ActionId{0}}, {"/nothing"}});
    wrong.destination = "/x";
    const ActionId failing = mabplan::tests::add_action(plan, wrong, "COPY --from=it /nothing /x");
    MakeDirectoryAction last{failing, "/last", ""};
    plan.targets[0].cells[0].root = mabplan::tests::add_action(plan, last, "WORKDIR /last");
    const std::string text = told_in_child(plan, folder.path());
    CHECK(text.find("failed 2 required: ") != std::string::npos);
    CHECK(text.ends_with("ended: failed, 0 cached, 2 executed, 1 failed, 1 skipped\n"));
    plan.targets[0].cells[0].optional = true;
    const std::string optional = told_in_child(plan, folder.path());
    CHECK(optional.find("failed 2 optional: ") != std::string::npos);
    CHECK(optional.ends_with("ended: only optional failed, 2 cached, 0 executed, 1 failed, 1 skipped\n"));
}

TEST_CASE("a run that ends before anything is begun tells why") {
    mabplan::tests::TemporaryDirectory folder;
    Plan plan = small_plan();
    plan.targets[0].outputs[0] = LayoutOutput{"out", true};  // where a folder is
    REQUIRE(::mkdir((folder / "out").c_str(), 0755) == 0);
    CHECK(told_in_child(plan, folder.path()).starts_with("ended: failed, 0 cached, 0 executed, 0 failed, 0 skipped: the target it "));
}
