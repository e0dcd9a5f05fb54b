#include "runtime/step/saved_steps.h"

#include "plans/codec/step_codec.h"
#include "runtime/sys/file.h"
#include "tests/support/example_step.h"
#include "tests/support/fake_steps.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

TEST_CASE("a step is a file before it runs, and goes on unchanged") {
    const TemporaryDirectory folder;
    const std::string steps = folder / "new/steps";
    const std::string path = steps + "/" + name_of_saved_step(example_step(), write_step_request(example_step()));
    FakeStepRunner inner([&](const StepRequest&) {
        CHECK(read_file(path));
        return example_result();
    });
    SavingStepRunner runner(steps, inner);
    FakeStepLog log;
    const auto result = runner.run(example_step(), log);
    REQUIRE(result);
    CHECK(*result == example_result());
    CHECK(inner.requests == std::vector{example_step()});
    CHECK(log.said == "ran RUN make\n");
    CHECK(*read_step_request(*read_file(path), path) == example_step());
}

TEST_CASE("a failure says how to run the step again; an error does not") {
    const TemporaryDirectory folder;
    FakeStepRunner failing([](const StepRequest&) { return failing_result(3); });
    FakeStepLog log;
    const auto failed = SavingStepRunner(folder.path(), failing).run(example_step(), log);
    REQUIRE(failed);
    const std::string path = folder / name_of_saved_step(example_step(), write_step_request(example_step()));
    CHECK(std::get<StepFailed>(failed->what).hint == "`mabplan step run " + path + "` runs it again, alone");
    FakeStepRunner broken([](const StepRequest&) { return Result<StepResult>(fail(ErrorKind::Environment, "no namespaces")); });
    const auto refused = SavingStepRunner(folder.path(), broken).run(example_step(), log);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message == "no namespaces");
}

TEST_CASE("the name of a file says which step it is, and needs no quoting") {
    StepRequest step = example_step();
    CHECK(name_of_saved_step(step, "text") == "build-linux-arm64-982d9e3eb996.json");
    step.stage = "../a b$c";
    CHECK(name_of_saved_step(step, "text") == "..-a-b-c-linux-arm64-982d9e3eb996.json");
    CHECK(name_of_saved_step(step, "other") != name_of_saved_step(step, "text"));
}

TEST_CASE("what another host would show is asked of the inner runner") {
    FakeStepRunner inner([](const StepRequest&) { return example_result(); });
    inner.facts_of_arm64 = "cpu max";
    const SavingStepRunner runner("/nowhere", inner);
    CHECK(runner.host_facts({"linux", "arm64", {}, {}, {}}) == "cpu max");
    CHECK(runner.host_facts({"linux", "amd64", {}, {}, {}}).empty());
}
