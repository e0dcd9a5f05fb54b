// Commands within a run: what is asked before the first of them is begun, and what one that fails does to those beside it.
#include "runtime/sandbox/user_namespace.h"
#include "tests/support/busybox.h"
#include "tests/support/temporary_directory.h"
#include "tests/unit/runtime/run/plan_maker.h"
#include "tests/unit/runtime/run/run_world.h"

#include <doctest/doctest.h>
#include <sys/utsname.h>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::runtime::tests;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string own_architecture() {
    utsname names{};
    ::uname(&names);
    return std::string_view(names.machine) == "aarch64" ? "arm64" : "amd64";
}

RunAction command(Root root, const std::string& script, const std::string& architecture = own_architecture()) {
    RunAction run;
    run.root = root;
    run.argv = {"/bin/sh", "-c", script};
    run.cwd = "/";
    run.platform = platform_for(architecture);
    run.network = Network::None;
    return run;
}

// Whether steps can be run here, with the reason told if not.
bool skips(bool runs_commands) {
    const bool enters = can_enter_user_namespace();
    const bool has_programs = !runs_commands || busybox_layer().has_value();
    if (!enters) MESSAGE("skipped: no user namespace");
    else if (!has_programs) MESSAGE("skipped: no static /bin/busybox (apt-get install busybox-static)");
    return !enters || !has_programs;
}

// All that is told of a run on a base with busybox, and its failures as people read them.
std::string told_on_busybox(const Plan& plan, const std::string& folder, int jobs = 1) {
    return in_child([&] {
        RunWorld world(folder);
        const std::string tar = busybox_layer().value();
        world.bases.blobs[Digest::of(tar)] = tar;
        world.settings.jobs = jobs;
        const auto report = world.run(plan);
        return world.told() + failures_of(report);
    });
}

}  // namespace

TEST_CASE("files of secrets and agents that are not there end the run before anything is looked up") {
    TemporaryDirectory folder;
    PlanMaker made;
    made.target("image", {PlanMaker::cell(made.text({}, "a", "text"))});
    made.plan.secrets = {{"key", "no-such-file", {}}};
    const std::string secret = told_in_child(made.plan, folder.path());
    CHECK(secret.starts_with("ended: failed, 0 cached, 0 executed, 0 failed, 0 skipped: "));
    CHECK(has(secret, "no-such-file"));
    made.plan.secrets.clear();
    made.plan.agents = {{"default", {"no-such-socket"}}};
    const std::string agent = told_in_child(made.plan, folder.path());
    CHECK(agent.starts_with("ended: failed, 0 cached, 0 executed, 0 failed, 0 skipped: the ssh agent \"default\""));
}

TEST_CASE("what a command may not do or have is said before anything is executed, with its instruction") {
    if (skips(false)) return;
    TemporaryDirectory folder;
    PlanMaker made;
    const ActionId below = made.text({}, "a", "text");
    RunAction run = command(below, "true");
    const auto told = [&] {
        PlanMaker copy = made;
        copy.target("image", {PlanMaker::cell(add_action(copy.plan, run, "RUN true"))});
        return in_child([&] {
            RunWorld world(folder.path());
            const auto report = world.run(copy.plan);
            return world.told() + failures_of(report);
        });
    };
    const auto refuses = [&](const std::string& why) {
        const std::string text = told();
        CAPTURE(text);
        CHECK(text.starts_with(
            "began: 2 wanted, 0 cached, 2 to execute, 1 platforms\nended: failed, 0 cached, 0 executed, 0 failed, 2 skipped: "));
        CHECK(has(text, why));
        CHECK(has(text, "  while running Dockerfile:2 RUN true on linux/" + own_architecture() + "\n"));
    };
    run.security = Security::Insecure;
    refuses("needs your consent");
    run.security = Security::Sandbox;
    run.mounts = {{"/key", SecretMount{"key", {}, true, 0400, 0, 0}}};
    refuses("key");
    run.mounts = {{"/agent", SshMount{"default", true, 0600, 0, 0}}};
    refuses("the ssh agent \"default\" is needed and not given");
    run.mounts.clear();
    run.devices = {{"vendor.com/class=one", false}};
    refuses("vendor.com/class");
}

TEST_CASE("a platform that cannot run here ends the run where it is required, and is refused alone where it is not") {
    if (skips(false)) return;
    TemporaryDirectory folder;
    PlanMaker made;
    const ActionId run = add_action(made.plan, command({}, "true", "riscv64"), "RUN true");
    const ActionId other = made.text({}, "a", "text");
    made.target("image", {PlanMaker::cell(run, "riscv64"), PlanMaker::cell(other)});
    const std::string required = told_in_child(made.plan, folder.path());
    CHECK(required.starts_with(
        "began: 2 wanted, 0 cached, 2 to execute, 2 platforms\nended: failed, 0 cached, 0 executed, 0 failed, 2 skipped: "));
    CHECK(has(required, "riscv64"));
    made.plan.targets[0].cells[0].optional = true;
    const std::string optional = told_in_child(made.plan, folder.path());
    CHECK(has(optional, "failed 0 optional: "));
    CHECK(has(optional, "exported image\n"));
    CHECK(optional.ends_with("ended: only optional failed, 0 cached, 1 executed, 1 failed, 0 skipped\n"));
}

TEST_CASE("a command's layer is kept with its output told, and not run again") {
    if (skips(true)) return;
    TemporaryDirectory folder;
    PlanMaker made;
    const ActionId base = made.base(busybox_layer().value());
    made.target("image", {PlanMaker::cell(add_action(made.plan, command(base, "echo made >/made; echo said"), "RUN echo"))});
    const std::string first = in_child([&] {
        RunWorld world(folder.path());
        const std::string tar = busybox_layer().value();
        world.bases.blobs[Digest::of(tar)] = tar;
        const auto report = world.run(made.plan);
        return world.observed.said_by(ActionId{1}) + failures_of(report) + format("{} executed", report ? report->executed : 0);
    });
    CHECK(first == "said\n1 executed");
    CHECK(told_on_busybox(made.plan, folder.path()).starts_with("began: 1 wanted, 1 cached, 0 to execute"));
}

TEST_CASE("a required command that fails stops the one beside it, which is no failure of its own") {
    if (skips(true)) return;
    TemporaryDirectory folder;
    PlanMaker made;
    const ActionId base = made.base(busybox_layer().value());
    // the second fails when the first surely runs: it waits for what only the first writes
    CacheMount shared;
    shared.id = "meeting";
    shared.from = RootFiles{};
    shared.source = "/";
    RunAction waiting = command(base, "echo x >/meet/here; sleep 300");
    RunAction failing = command(base, "until test -e /meet/here; do sleep 0.01; done; exit 3");
    waiting.mounts = failing.mounts = {{"/meet", shared}};
    made.target("one", {PlanMaker::cell(add_action(made.plan, waiting, "RUN sleep 300"))});
    made.target("two", {PlanMaker::cell(add_action(made.plan, failing, "RUN exit 3"))});
    const std::string told = told_on_busybox(made.plan, folder.path(), 2);
    CAPTURE(told);
    CHECK(has(told, "failed 1 required: stopped, because another step failed\n"));
    CHECK(has(told, "failed 2 required: "));
    CHECK(has(told, "ended: failed, 0 cached, 0 executed, 1 failed, 1 skipped\n"));
    CHECK(has(told, "RUN exit 3"));
    CHECK_FALSE(has(told, "RUN sleep 300"));  // among the failures
}

TEST_CASE("a command that fails for an optional platform alone leaves the one beside it at work") {
    if (skips(true)) return;
    TemporaryDirectory folder;
    PlanMaker made;
    const ActionId base = made.base(busybox_layer().value());
    const ActionId failing = add_action(made.plan, command(base, "exit 3"), "RUN exit 3");
    const ActionId good = add_action(made.plan, command(base, "echo >/made"), "RUN echo >/made");
    made.target("image", {PlanMaker::optional(PlanMaker::cell(failing)), PlanMaker::cell(good, "386")});
    const std::string told = told_on_busybox(made.plan, folder.path());
    CHECK(has(told, "failed 1 optional: "));
    CHECK(has(told, "finished 2 native true\n"));
    CHECK(has(told, "ended: only optional failed, 0 cached, 1 executed, 1 failed, 0 skipped\n"));
}
