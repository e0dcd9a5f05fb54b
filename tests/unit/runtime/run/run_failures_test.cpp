// What a failure does to the rest of a run: to what has not begun, to other targets and platforms, to outputs, to the next run.
#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"
#include "tests/unit/runtime/run/plan_maker.h"
#include "tests/unit/runtime/run/run_world.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::runtime::tests;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a required action that fails ends what has not begun, also that of other targets") {
    TemporaryDirectory folder;
    PlanMaker made;
    made.target("one", {PlanMaker::cell(made.failing({}))});
    made.target("two", {PlanMaker::cell(made.text({}, "a", "text"))});
    const std::string told = told_in_child(made.plan, folder.path());
    CHECK(told.starts_with("began: 2 wanted, 0 cached, 2 to execute, 1 platforms\nstarted 0\nfailed 0 required: "));
    CHECK(told.ends_with("\nended: failed, 0 cached, 0 executed, 1 failed, 1 skipped\n"));
    CHECK_FALSE(has(told, "started 1"));
}

TEST_CASE("no output is written where something required failed, not even that of a target which is whole") {
    TemporaryDirectory folder;
    PlanMaker made;
    made.target("whole", {PlanMaker::cell(made.text({}, "a", "text"))});
    made.target("broken", {PlanMaker::cell(made.failing({}))});
    const std::string told = told_in_child(made.plan, folder.path());
    CHECK(has(told, "finished 0 native true\n"));
    CHECK(told.ends_with("ended: failed, 0 cached, 1 executed, 1 failed, 0 skipped\n"));
    CHECK_FALSE(has(told, "export"));
    CHECK_FALSE(path_exists(folder / "whole"));
}

TEST_CASE("what was done before a failure is found by the next run") {
    TemporaryDirectory folder;
    PlanMaker made;
    const ActionId below = made.text({}, "a", "text");
    made.target("broken", {PlanMaker::cell(made.failing(below))});
    CHECK(told_in_child(made.plan, folder.path()).ends_with("ended: failed, 0 cached, 1 executed, 1 failed, 0 skipped\n"));
    CHECK(told_in_child(made.plan, folder.path()).starts_with("began: 2 wanted, 1 cached, 1 to execute, 1 platforms\nfinished 0 cached"));
}

TEST_CASE("an action that fails for optional platforms alone skips what stands on it, and the rest goes on") {
    TemporaryDirectory folder;
    PlanMaker made;
    const ActionId failing = made.failing({});
    const ActionId above = made.directory(failing, "/above");
    made.target("image", {PlanMaker::optional(PlanMaker::cell(above, "riscv64")), PlanMaker::cell(made.text({}, "a", "text"))});
    const std::string told = told_in_child(made.plan, folder.path());
    CHECK(has(told, "failed 0 optional: "));
    CHECK_FALSE(has(told, "started 1\n"));
    CHECK(has(told, "finished 2 native true\n"));
    CHECK(has(told, "exported image\n"));
    CHECK(told.ends_with("ended: only optional failed, 0 cached, 1 executed, 1 failed, 1 skipped\n"));
}

TEST_CASE("an action that an optional platform shares with a required one is required") {
    TemporaryDirectory folder;
    PlanMaker made;
    const ActionId failing = made.failing({});
    const ActionId other = made.directory(failing, "/other");
    made.target("image", {PlanMaker::optional(PlanMaker::cell(failing, "riscv64")), PlanMaker::cell(other)});
    const std::string told = told_in_child(made.plan, folder.path());
    CHECK(has(told, "failed 0 required: "));
    CHECK(told.ends_with("ended: failed, 0 cached, 0 executed, 1 failed, 1 skipped\n"));
}

TEST_CASE("an action is required by who copies from it as well as by who stands on it") {
    TemporaryDirectory folder;
    PlanMaker made;
    const ActionId failing = made.failing({});
    made.target("image", {PlanMaker::cell(made.copy_from({}, failing, "/a"))});
    CHECK(has(told_in_child(made.plan, folder.path()), "failed 0 required: "));
}

TEST_CASE("an index is of the platforms that were built, and a target of none is not written") {
    TemporaryDirectory folder;
    PlanMaker made;
    const ActionId failing = made.failing({});
    const ActionId good = made.text({}, "a", "text");
    made.target("none", {PlanMaker::optional(PlanMaker::cell(failing, "riscv64")), PlanMaker::optional(PlanMaker::cell(failing))});
    made.target("some", {PlanMaker::optional(PlanMaker::cell(failing, "riscv64")), PlanMaker::optional(PlanMaker::cell(good))});
    const std::string told = in_child([&] {
        RunWorld world(folder.path());
        world.writes_nothing = true;
        const auto report = world.run(made.plan);
        std::string text = format("{} failures, optional alone: {}\n", report->failures.size(), report->only_optional_failed);
        for (const TargetReport& target : report->targets)
            for (const ImageReport& image : target.images) text += format("{} for {}\n", target.name, format_platform(image.platform));
        for (const std::string& target : world.recorded.targets) text += "opened for " + target + "\n";
        return text;
    });
    CHECK(told == "1 failures, optional alone: true\nsome for linux/arm64\nopened for some\n");
}

TEST_CASE("failures of required platforms are reported before those of optional ones, whichever came first") {
    TemporaryDirectory folder;
    PlanMaker made;
    made.target("image", {PlanMaker::optional(PlanMaker::cell(made.failing({}), "riscv64")),
                          PlanMaker::cell(made.copy_from({}, std::nullopt, "/needed"))});
    const std::string told = in_child([&] {
        RunWorld world(folder.path());
        const auto report = world.run(made.plan);
        std::string text = report->only_optional_failed ? "only optional\n" : "";
        for (const Error& error : report->failures) text += error.message + "\n";
        return text;
    });
    REQUIRE(has(told, "/nothing"));
    CHECK(told.find("/needed") < told.find("/nothing"));
    CHECK_FALSE(has(told, "only optional"));
}

TEST_CASE("a failure names the instruction, and shows it where the Dockerfile is there") {
    PlanMaker made;
    made.directory({}, "/above");
    made.target("image", {PlanMaker::cell(made.failing({}))});
    const auto failure = [&](const TemporaryDirectory& folder) {
        return in_child([&] {
            RunWorld world(folder.path());
            return failures_of(world.run(made.plan));
        });
    };
    TemporaryDirectory without;
    const std::string bare = failure(without);
    CHECK(bare.starts_with("error: "));
    CHECK(has(bare, "  while running Dockerfile:2 COPY --from=other /nothing /nothing\n"));
    TemporaryDirectory with;
    REQUIRE(write_file(with / "Dockerfile", "WORKDIR /above\nCOPY --from=other /nothing /nothing\n"));
    const std::string placed = failure(with);
    CHECK(placed.starts_with("Dockerfile:2: error: "));
    CHECK(has(placed, "COPY --from=other /nothing /nothing"));
}

TEST_CASE("a source that cannot be had fails its own action, not the run before it") {
    TemporaryDirectory folder;
    PlanMaker made;
    const ActionId fetched = add_action(made.plan, FetchAction{"https://example.com/a", "", "a", {}}, "ADD https://example.com/a /");
    made.target("image", {PlanMaker::optional(PlanMaker::cell(made.copy_from({}, fetched, "/a"), "riscv64")),
                          PlanMaker::cell(made.text({}, "b", "text"))});
    const std::string told = told_in_child(made.plan, folder.path());
    CHECK(has(told, "failed 0 optional: "));
    CHECK(has(told, "finished 2 native true\n"));
    CHECK(told.ends_with("ended: only optional failed, 0 cached, 1 executed, 1 failed, 1 skipped\n"));
}

TEST_CASE("side by side, what a failed action is waited for by is skipped once, and each event of an action follows its start") {
    TemporaryDirectory folder;
    PlanMaker made;
    const ActionId failing = made.failing({});
    std::vector<Cell> cells{PlanMaker::optional(PlanMaker::cell(made.directory(failing, "/x"), "riscv64"))};
    for (const char* architecture : {"amd64", "arm64", "s390x", "ppc64le"})
        cells.push_back(PlanMaker::cell(made.text({}, architecture, architecture), architecture));
    made.target("image", cells);
    const std::string told = told_in_child(made.plan, folder.path(), [](RunWorld& world) { world.settings.jobs = 4; });
    for (const char* action : {"2", "3", "4", "5"}) {
        CAPTURE(action);
        const auto started = told.find(format("started {}\n", action)), finished = told.find(format("finished {} native true\n", action));
        CHECK(started != std::string::npos);
        CHECK(finished != std::string::npos);
        CHECK(started < finished);
    }
    CHECK(told.ends_with("ended: only optional failed, 0 cached, 4 executed, 1 failed, 1 skipped\n"));
}
