// What of a plan a run looks up, executes and leaves alone.
#include "tests/support/temporary_directory.h"
#include "tests/unit/runtime/run/plan_maker.h"
#include "tests/unit/runtime/run/run_world.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::runtime::tests;

TEST_CASE("a plan without targets is done at once, whatever actions are in it") {
    TemporaryDirectory folder;
    PlanMaker made;
    made.text({}, "a", "text");
    CHECK(told_in_child(made.plan, folder.path()) ==
          "began: 0 wanted, 0 cached, 0 to execute, 0 platforms\nended: succeeded, 0 cached, 0 executed, 0 failed, 0 skipped\n");
}

TEST_CASE("an action that several targets and platforms need is executed once") {
    TemporaryDirectory folder;
    PlanMaker made;
    const ActionId shared = made.text({}, "a", "text");
    made.target("one", {PlanMaker::cell(shared), PlanMaker::cell(shared, "amd64")});
    made.target("two", {PlanMaker::cell(made.directory(shared, "/two"))});
    CHECK(told_in_child(made.plan, folder.path()) ==
          "began: 2 wanted, 0 cached, 2 to execute, 2 platforms\n"
          "started 0\nfinished 0 native true\nstarted 1\nfinished 1 native true\n"
          "exporting one\nexported one\nexporting two\nexported two\n"
          "ended: succeeded, 0 cached, 2 executed, 0 failed, 0 skipped\n");
}

TEST_CASE("what is done needs nothing of what it was copied from") {
    TemporaryDirectory folder;
    PlanMaker made;
    const ActionId other = made.text({}, "a", "text");
    made.target("image", {PlanMaker::cell(made.copy_from({}, other, "/a"))});
    REQUIRE(told_in_child(made.plan, folder.path()).starts_with("began: 2 wanted, 0 cached, 2 to execute"));
    CHECK(told_in_child(made.plan, folder.path()).starts_with("began: 1 wanted, 1 cached, 0 to execute"));
}

TEST_CASE("what is not done needs what it copies from, as far as that is not done either") {
    TemporaryDirectory folder;
    PlanMaker made;
    const ActionId other = made.text({}, "a", "text");
    const ActionId copied = made.copy_from({}, other, "/a");
    made.target("image", {PlanMaker::cell(other)});
    REQUIRE(told_in_child(made.plan, folder.path()).ends_with("succeeded, 0 cached, 1 executed, 0 failed, 0 skipped\n"));
    made.plan.targets.clear();
    made.target("image", {PlanMaker::cell(copied)});
    const std::string told = told_in_child(made.plan, folder.path());
    CHECK(told.starts_with("began: 2 wanted, 1 cached, 1 to execute, 1 platforms\nfinished 0 cached true\nstarted 1\n"));
}

TEST_CASE("a definition that is new and reads what an old one read is not executed") {
    TemporaryDirectory folder;
    // the copied file is the same, whatever else the other stage holds
    const auto plan_with = [](const std::string& beside) {
        PlanMaker made;
        const ActionId other = made.text(made.text({}, "b", beside), "a", "text");
        made.target("image", {PlanMaker::cell(made.copy_from({}, other, "/a"))});
        return made.plan;
    };
    REQUIRE(told_in_child(plan_with("one"), folder.path()).ends_with("succeeded, 0 cached, 3 executed, 0 failed, 0 skipped\n"));
    const std::string told = told_in_child(plan_with("two"), folder.path());
    CHECK(told.find("finished 2 same true\n") != std::string::npos);
    // the upper file of that stage too is what it was
    CHECK(told.ends_with("ended: succeeded, 2 cached, 1 executed, 0 failed, 0 skipped\n"));
}

TEST_CASE("without the cache all that is wanted is executed again, and the report says so") {
    TemporaryDirectory folder;
    PlanMaker made;
    made.target("image", {PlanMaker::cell(made.directory(made.text({}, "a", "text"), "/b"))});
    REQUIRE(told_in_child(made.plan, folder.path()).ends_with("succeeded, 0 cached, 2 executed, 0 failed, 0 skipped\n"));
    const std::string told = in_child([&] {
        RunWorld world(folder.path());
        world.settings.use_cache = false;
        const auto report = world.run(made.plan);
        return world.told() + format("report: {} cached, {} executed", report->cached, report->executed);
    });
    CHECK(told.starts_with("began: 2 wanted, 0 cached, 2 to execute, 1 platforms\nstarted 0\nfinished 0 native true\n"));
    CHECK(told.ends_with("report: 0 cached, 2 executed"));
}

TEST_CASE("a base is fetched when something looks into it, and once") {
    TemporaryDirectory folder;
    const std::string tar = base_tar();
    PlanMaker made;
    const ActionId base = made.base(tar);
    made.target("image",
                {PlanMaker::cell(made.copy_from({}, base, "/base")), PlanMaker::cell(made.copy_from(base, base, "/base"), "amd64")});
    const auto run = [&] {
        return in_child([&] {
            RunWorld world(folder.path());
            world.bases.blobs[Digest::of(tar)] = tar;
            world.settings.jobs = 2;
            const std::string told = world.tell(made.plan);
            return told.substr(told.rfind("ended")) + format("fetched {}", world.bases.fetched.load());
        });
    };
    CHECK(run() == "ended: succeeded, 0 cached, 2 executed, 0 failed, 0 skipped\nfetched 1");
    CHECK(run() == "ended: succeeded, 2 cached, 0 executed, 0 failed, 0 skipped\nfetched 0");
}

TEST_CASE("a base is no action that is counted, and is not fetched for what only stands on it and stays in the store") {
    TemporaryDirectory folder;
    const std::string tar = base_tar();
    PlanMaker made;
    Target& target = made.target("image", {PlanMaker::cell(made.text(made.base(tar), "a", "text"))});
    target.outputs = {CacheOnlyOutput{}};
    const auto fetched = [&] {
        return in_child([&] {
            RunWorld world(folder.path());
            world.bases.blobs[Digest::of(tar)] = tar;
            const std::string told = world.tell(made.plan);
            return format("{}fetched {}", told, world.bases.fetched.load());
        });
    };
    CHECK(fetched().starts_with("began: 1 wanted, 0 cached, 1 to execute, 1 platforms\nstarted 1\n"));
    CHECK(fetched() ==
          "began: 1 wanted, 1 cached, 0 to execute, 1 platforms\nfinished 1 cached true\n"
          "ended: succeeded, 1 cached, 0 executed, 0 failed, 0 skipped\nfetched 0");
}

TEST_CASE("a base that cannot be had fails what needs it, with its instruction, and its transfer too") {
    TemporaryDirectory folder;
    PlanMaker made;
    const ActionId base = made.base(base_tar());
    made.target("image", {PlanMaker::cell(made.copy_from({}, base, "/base"))});
    const std::string told = in_child([&] {
        RunWorld world(folder.path());
        const auto report = world.run(made.plan);
        return failures_of(report) + world.told();
    });
    CHECK(told.starts_with("error: there is no base at registry.lan/base:1\n"));
    CHECK(told.find("running Dockerfile:2 COPY --from=other /base /base") != std::string::npos);
    CHECK(told.find("not transferred\n") != std::string::npos);
    CHECK(told.ends_with("ended: failed, 0 cached, 0 executed, 1 failed, 0 skipped\n"));
}

TEST_CASE("a run leaves nothing in the store's folder of unfinished things, however it ended") {
    TemporaryDirectory folder;
    PlanMaker good;
    good.target("image", {PlanMaker::cell(good.text({}, "a", "text"))});
    PlanMaker bad;
    bad.target("image", {PlanMaker::cell(bad.failing({}))});
    for (const Plan& plan : {good.plan, bad.plan}) {
        told_in_child(plan, folder.path());
        CHECK(std::filesystem::is_empty(folder / "store/tmp"));
    }
}
