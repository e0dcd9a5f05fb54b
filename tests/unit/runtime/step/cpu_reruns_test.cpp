// Which CPUs a command is shown, one after the other, without an emulator.
#include "runtime/step/cpu_reruns.h"

#include "tests/support/example_step.h"
#include "tests/support/fake_steps.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

constexpr int kIllegalInstruction = 132;

StepPlatform emulated() {
    StepPlatform platform;
    platform.emulator = "qemu-aarch64-static (7.2)";
    platform.cpu_words = "cpu neoverse-n1";
    return platform;
}

// What a command did that works on the last of these CPUs alone.
struct Trial {
    FakeCpuModels models;
    FakeStepLog log;
    StepRequest request = example_step();
    std::vector<std::string> shown{};  // CPUs, "!" behind the widest

    Result<StepResult> run(const std::string& good, StepPlatform platform = emulated()) {
        return run_on_some_cpu(request, std::move(platform), models, log, [&](const StepPlatform& now) -> Result<StepResult> {
            shown.push_back(now.cpu_words + (now.is_widest ? "!" : ""));
            StepResult result = now.cpu_words == good ? example_result() : failing_result(kIllegalInstruction);
            result.waited_seconds = 5;
            return result;
        });
    }
};

bool made_layer(const Result<StepResult>& result) { return result && std::holds_alternative<StepLayer>(result->what); }

}  // namespace

TEST_CASE("a command that works is run once") {
    Trial trial;
    trial.models.models = {"cortex-a76", "max"};
    const auto result = trial.run("cpu neoverse-n1");
    CHECK(made_layer(result));
    CHECK(trial.shown == std::vector<std::string>{"cpu neoverse-n1"});
    CHECK(trial.log.notes.empty());
    CHECK(result->waited_seconds >= 5);
}

TEST_CASE("one that lacks an instruction gets wider CPUs until it works") {
    Trial trial;
    trial.models.models = {"unknown", "cortex-a76", "max", "wider"};
    CHECK(made_layer(trial.run("cpu max")));
    CHECK(trial.shown == std::vector<std::string>{"cpu neoverse-n1", "cpu cortex-a76", "cpu max"});
    CHECK(trial.log.notes == std::vector<std::string>{"needs an instruction that cpu neoverse-n1 lacks: run again with cpu cortex-a76",
                                                      "needs an instruction that cpu cortex-a76 lacks: run again with cpu max"});
}

TEST_CASE("one that no CPU is wide enough for fails as on the last") {
    Trial trial;
    trial.models.models = {"cortex-a76", "max"};
    const auto result = trial.run("none");
    REQUIRE(result);
    CHECK(std::get<StepFailed>(result->what).code == kIllegalInstruction);
    CHECK(trial.shown == std::vector<std::string>{"cpu neoverse-n1", "cpu cortex-a76", "cpu max!"});
}

TEST_CASE("a failure of another kind is no reason to run a command again") {
    FakeCpuModels models;
    models.models = {"max"};
    FakeStepLog log;
    int runs = 0;
    const auto run = [&](const Result<StepResult>& ending) {
        runs = 0;
        static_cast<void>(run_on_some_cpu(example_step(), emulated(), models, log, [&](const StepPlatform&) { return ++runs, ending; }));
        return runs;
    };
    CHECK(run(failing_result(1)) == 1);
    CHECK(run(failing_result(139)) == 1);
    CHECK(run(fail(ErrorKind::Environment, "the disk is full")) == 1);
    CHECK(run(failing_result(kIllegalInstruction)) == 2);
}

TEST_CASE("where another CPU can't be had, it is said, and the first failure counts") {
    Trial trial;
    trial.models.models = {"max"};
    trial.models.fails = "no entry";
    const auto result = trial.run("cpu max");
    REQUIRE(result);
    CHECK(std::get<StepFailed>(result->what).code == kIllegalInstruction);
    CHECK(trial.log.notes == std::vector<std::string>{"needs an instruction that cpu neoverse-n1 lacks: no other is to be had: no entry"});
}

TEST_CASE("the user's choice of a CPU stays, and is what is said of it") {
    Trial trial;
    trial.models.models = {"max"};
    trial.request.env.emplace_back("QEMU_CPU=cortex-a57");
    CHECK_FALSE(made_layer(trial.run("cpu max")));
    CHECK(trial.shown == std::vector<std::string>{"cpu cortex-a57 by QEMU_CPU!"});
}

TEST_CASE("natively there is one CPU, whatever a variable says") {
    Trial trial;
    trial.request.env.emplace_back("QEMU_CPU=cortex-a57");
    CHECK_FALSE(made_layer(trial.run("none", StepPlatform{})));
    CHECK(trial.shown == std::vector<std::string>{"!"});
}
