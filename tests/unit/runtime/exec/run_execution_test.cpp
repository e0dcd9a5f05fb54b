// What an executor makes of a command, whoever runs it: what it asks for, what it keeps, and what it says of a failure.
#include "runtime/exec/run_execution.h"

#include "tests/support/example_plan.h"
#include "tests/support/example_step.h"
#include "tests/support/fake_steps.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

class NothingToFetch final : public BlobFetcher {
public:
    Status fetch(const ImageLocation&, const Descriptor&, const ByteProgress&) override {
        return fail(ErrorKind::Registry, "nothing is fetched here");
    }
};

// A base image and a command on it, of arm64.
Plan small_plan() {
    Plan plan;
    ImageAction image;
    image.name = "base";
    image.layers.push_back({{std::string(media_type::kLayerGzip), Digest::of("packed"), 7, {}, {}}, Digest::of("layer")});
    const ActionId base = add_action(plan, image, "FROM base");
    RunAction run;
    run.root = base;
    run.argv = {"make"};
    run.cwd = "/";
    run.platform = {"linux", "arm64", {}, {}, {}};
    run.timeout_ms = 1500;
    add_action(plan, run, "RUN make");
    return plan;
}

struct World {
    TemporaryDirectory folder;
    std::unique_ptr<Store> store = Store::open(folder / "store").value();
    Plan plan = small_plan();
    NothingToFetch fetcher;
    LayerStore layers{*store, fetcher, 1};
    ProjectFolders folders{{folder.path(), {store->stat_cache(), store->scratch()}}};
    ContextSource contexts{folders};
    ActionResults results{plan};
    ActionCache cache{plan, results, store->records(), [](const Digest&) { return true; }, UseOfCache::All};
    CopyDrafter drafter{plan, results, layers, contexts, store->scratch()};
    CopyExecution copies{plan, drafter, cache, layers};
    std::string said{};
    std::vector<std::string> notes{};

    Result<Executed> execute(FakeStepRunner& runner) {
        RunExecution execution({plan, results, copies, layers, contexts}, cache, runner, store->root(),
                               [&](ActionId id, std::string_view text) { notes.push_back(format("{} {}", id.index, text)); });
        return execution.execute({1}, std::get<RunAction>(plan.actions[1].work), [&](std::string_view bytes) { said += bytes; });
    }
};

FakeStepRunner answering(StepResult result) {
    return FakeStepRunner([result = std::move(result)](const StepRequest&) { return result; });
}

}  // namespace

TEST_CASE("a command is asked for with the layers below it, and its layer is its result") {
    World world;
    auto runner = answering(example_result());
    const auto executed = world.execute(runner);
    REQUIRE(executed);
    REQUIRE(runner.requests.size() == 1);
    CHECK(runner.requests[0].layers == std::vector{Digest::of("layer")});
    CHECK(runner.requests[0].argv == std::vector<std::string>{"make"});
    CHECK(executed->how == HowDone::Emulated);
    CHECK(executed->waited_seconds == doctest::Approx(0.25).epsilon(0.05));
    CHECK(executed->result ==
          ActionResult{Digest::of("made"), 10240, 1.5, example_result().emulator, {{"/var/log/dpkg.log", "log of dpkg"}}});
    CHECK(world.results.find({1}) == executed->result);
    CHECK(world.said == "ran RUN make\n");
}

TEST_CASE("what was found in a layer is kept with it") {
    World world;
    auto runner = answering(example_result());
    REQUIRE(world.execute(runner));
    CHECK(*world.layers.programs(Digest::of("made")) == std::get<StepLayer>(example_result().what).programs);
    CHECK(*world.layers.baked_in(Digest::of("made")) == std::get<StepLayer>(example_result().what).baked_in);
}

TEST_CASE("the same command on the same files is not run again") {
    World world;
    auto runner = answering(example_result());
    REQUIRE(world.execute(runner));
    const auto again = world.execute(runner);
    REQUIRE(again);
    CHECK(again->how == HowDone::CachedContent);
    CHECK(runner.requests.size() == 1);
    CHECK(*world.cache.look_up({1}));
}

TEST_CASE("what another host would make otherwise does not stand for its definition") {
    World world;
    auto runner = answering(example_result());
    runner.facts_of_arm64 = "cpu max";
    REQUIRE(world.execute(runner));
    CHECK_FALSE(*world.cache.look_up({1}));
    CHECK(world.execute(runner)->how == HowDone::CachedContent);
    runner.facts_of_arm64.clear();
    CHECK(world.execute(runner)->how == HowDone::Emulated);
    CHECK(runner.requests.size() == 2);
}

TEST_CASE("a command that fails is an error with the end of its log, and no result") {
    World world;
    auto runner = answering(failing_result(3));
    const auto failed = world.execute(runner);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().kind == ErrorKind::Step);
    CHECK(failed.error().message == "the command exited with 3");
    CHECK(failed.error().detail == "no rule\n");
    CHECK_FALSE(world.results.find({1}));
    CHECK_FALSE(*world.cache.look_up({1}));
    auto late = answering({StepFailed{StepFailed::How::TimedOut, 0, {}, {}}, 1.5, 0, {}});
    CHECK(world.execute(late).error().message == "the command ran longer than the 1.5 s it may");
}

TEST_CASE("a runner that can't run it says why") {
    World world;
    FakeStepRunner runner([](const StepRequest&) { return Result<StepResult>(fail(ErrorKind::Environment, "no namespaces")); });
    CHECK(world.execute(runner).error().message == "no namespaces");
}
