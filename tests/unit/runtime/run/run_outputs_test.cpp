// What a run writes when all is made, what it says of it, and what becomes of a run that is interrupted or finds its store damaged.
#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"
#include "tests/unit/runtime/run/plan_maker.h"
#include "tests/unit/runtime/run/run_world.h"

#include <doctest/doctest.h>

#include <fstream>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::runtime::tests;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
    return count;
}

// Two targets with a layout each.
Plan two_targets() {
    PlanMaker made;
    made.target("one", {PlanMaker::cell(made.text({}, "a", "text"))});
    made.target("two", {PlanMaker::cell(made.text({}, "b", "text"))});
    return made.plan;
}

// Every packed or unpacked byte that the store holds of these layers is another one.
void damage(const std::filesystem::path& blobs) {
    for (const auto& entry : std::filesystem::directory_iterator(blobs)) {
        std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(-1, std::ios::end);
        file.put('x');
    }
}

}  // namespace

TEST_CASE("targets are written and reported in the order of the plan, with all their outputs") {
    TemporaryDirectory folder;
    Plan plan = two_targets();
    plan.targets[1].outputs.push_back(TarOutput{"two.tar"});
    plan.targets[1].outputs.push_back(CacheOnlyOutput{});
    const std::string told = in_child([&] {
        RunWorld world(folder.path());
        const auto report = world.run(plan);
        std::string text = world.told();
        for (const TargetReport& target : report->targets)
            for (const WrittenOutput& output : target.written)
                text += format("{}: {} {}\n", target.name, output.destination, output.index.empty() ? "files" : "images");
        return text;
    });
    CHECK(
        told.ends_with("exporting one\nexported one\nexporting two\nexported two\nexporting two.tar\nexported two.tar\n"
                       "ended: succeeded, 0 cached, 2 executed, 0 failed, 0 skipped\n"
                       "one: one images\ntwo: two images\ntwo: two.tar files\n"));
    CHECK(path_exists(folder / "one/index.json"));
    CHECK(path_exists(folder / "two.tar"));
}

TEST_CASE("digests are reported of outputs that hold images, and of all targets where they are asked for") {
    TemporaryDirectory folder;
    Plan plan = two_targets();
    plan.targets[1].outputs = {CacheOnlyOutput{}};
    const auto told = [&](Digests digests) {
        return in_child([&] {
            RunWorld world(folder.path());
            world.settings.digests = digests;
            const auto report = world.run(plan);
            std::string text;
            for (const TargetReport& target : report->targets)
                text += format("{} {} {}; ", target.name, !target.index.empty(), target.images.size());
            return text;
        });
    };
    CHECK(told(Digests::WhereWritten) == "one true 1; two false 0; ");
    CHECK(told(Digests::Always) == "one true 1; two true 1; ");
}

TEST_CASE("an image of nothing is an image") {
    TemporaryDirectory folder;
    PlanMaker made;
    made.target("image", {PlanMaker::cell(std::nullopt)});
    CHECK(told_in_child(made.plan, folder.path()) ==
          "began: 0 wanted, 0 cached, 0 to execute, 1 platforms\nexporting image\nexported image\n"
          "ended: succeeded, 0 cached, 0 executed, 0 failed, 0 skipped\n");
    CHECK(path_exists(folder / "image/index.json"));
}

TEST_CASE("an output that cannot be written ends the run, names its target, and leaves later ones alone") {
    TemporaryDirectory folder;
    const Plan plan = two_targets();
    const std::string told = in_child([&] {
        RunWorld world(folder.path());
        world.writes_nothing = true;
        world.recorded.refusal = Error{ErrorKind::Environment, "no space"};
        const auto report = world.run(plan);
        return world.told() + failures_of(report) + format("{} opened", world.recorded.opened.size());
    });
    CHECK(has(told, "ended: failed, 0 cached, 2 executed, 0 failed, 0 skipped: no space\n"));
    CHECK(told.ends_with("error: no space\n  while writing the target one\n1 opened"));
    CHECK_FALSE(has(told, "exported"));
}

TEST_CASE("a run that is interrupted before it begins executes and writes nothing") {
    TemporaryDirectory folder;
    const std::string told = told_in_child(two_targets(), folder.path(), [](RunWorld& world) { world.stop.interrupt(); });
    CHECK(has(told, "ended: interrupted, "));
    CHECK(has(told, " 0 executed, 0 failed, "));
    CHECK_FALSE(has(told, "started"));
    CHECK_FALSE(path_exists(folder / "one"));
}

TEST_CASE("an interrupt while an action is under way lets nothing begin behind it, and nothing is written") {
    TemporaryDirectory folder;
    const std::string tar = base_tar();
    PlanMaker made;
    made.target("one", {PlanMaker::cell(made.copy_from({}, made.base(tar), "/base"))});
    made.target("two", {PlanMaker::cell(made.text({}, "b", "text"))});
    const std::string told = told_in_child(made.plan, folder.path(), [&](RunWorld& world) {
        world.bases.blobs[Digest::of(tar)] = tar;
        world.bases.on_fetch = [&world]() -> Status {
            world.stop.interrupt();
            return {};
        };
    });
    CHECK(has(told, "started 1\n"));
    CHECK_FALSE(has(told, "started 2"));
    CHECK(has(told, "ended: interrupted, 0 cached, "));
    CHECK(told.ends_with(" skipped: interrupted\n"));
    CHECK_FALSE(path_exists(folder / "one"));
}

TEST_CASE("an interrupt between two targets leaves the second unwritten") {
    TemporaryDirectory folder;
    const Plan plan = two_targets();
    const std::string told = in_child([&] {
        RunWorld world(folder.path());
        world.writes_nothing = true;
        world.recorded.on_write = [&](const ImageContent&) { world.stop.interrupt(); };
        const auto report = world.run(plan);
        return world.told() + format("{} opened, {}", world.recorded.opened.size(), error_kind_name(report.error().kind));
    });
    CHECK(has(told, "exported one\nended: interrupted, 0 cached, 2 executed, 0 failed, 0 skipped: interrupted\n"));
    CHECK(told.ends_with("1 opened, interrupted"));
}

TEST_CASE("a layer that was damaged in the store is told of and made again within the same run") {
    TemporaryDirectory folder;
    Plan plan = two_targets();
    for (Target& target : plan.targets) target.outputs = {CacheOnlyOutput{}};
    REQUIRE(has(told_in_child(plan, folder.path()), "ended: succeeded, 0 cached, 2 executed"));
    damage(folder / "store/blobs/sha256");
    plan.targets[1].outputs = {LayoutOutput{"two", false}};
    const std::string told = told_in_child(plan, folder.path());
    CHECK(told.starts_with("began: 2 wanted, 2 cached, 0 to execute"));
    CHECK(has(told, "damaged: it is removed\nbegan: 2 wanted, 1 cached, 1 to execute, 1 platforms\n"));
    CHECK(has(told, "started 1\nfinished 1 native true\n"));
    CHECK(told.ends_with("exported two\nended: succeeded, 1 cached, 1 executed, 0 failed, 0 skipped\n"));
}

TEST_CASE("a store that stays damaged ends the run in the end") {
    TemporaryDirectory folder;
    const Plan plan = two_targets();
    const std::string told = in_child([&] {
        RunWorld world(folder.path());
        world.writes_nothing = true;
        world.recorded.refusal = Error{ErrorKind::Verify, "other bytes"};
        const auto report = world.run(plan);
        return world.told() + error_kind_name(report.error().kind).data();
    });
    CHECK(told.ends_with("ended: failed, 2 cached, 0 executed, 0 failed, 0 skipped: other bytes\nverify"));
    const std::size_t began = count_of(told, "began: ");
    CHECK(began > 1);
    CHECK(began == count_of(told, "warned: other bytes\n") + 1);
}

TEST_CASE("an observer's last event is the end, and times never go back") {
    TemporaryDirectory folder;
    const Plan plan = two_targets();
    const std::string told = in_child([&] {
        RunWorld world(folder.path());
        std::atomic<int> now{100};
        world.settings.clock = [&now] { return static_cast<double>(now++); };
        world.settings.jobs = 2;
        const auto report = world.run(plan);
        double last = 0;
        for (const BuildEvent& event : world.observed.events) {
            if (event.at < last) return format("{} comes after {}", event.at, last);
            last = event.at;
        }
        const auto* ended = std::get_if<RunEnded>(&world.observed.events.back().what);
        if (ended == nullptr) return std::string("another event is the last");
        return format("ended after some time: {}, and not before it: {}", ended->seconds > 0, ended->seconds <= last);
    });
    CHECK(told == "ended after some time: true, and not before it: true");
}
