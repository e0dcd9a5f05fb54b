// From actions to layers, with a cache of results in memory. No command is run, so no namespace is needed.
#include "runtime/exec/action_executor.h"

#include "runtime/step/local_step_runner.h"
#include "runtime/step/step_network.h"
#include "runtime/store/store.h"
#include "runtime/sys/file.h"
#include "tests/support/example_plan.h"
#include "tests/support/fake_result_cache.h"
#include "tests/support/recording_observer.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <unistd.h>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

class NoBases final : public BlobFetcher {
public:
    Status fetch(const ImageLocation&, const Descriptor&, const ByteProgress&) override {
        return fail(ErrorKind::Registry, "there are no bases here");
    }
};

// A directory, and a here-document copied into it.
Plan small_plan(const std::string& text) {
    Plan plan;
    const ActionId made = tests::add_action(plan, MakeDirectoryAction{std::nullopt, "/app", ""}, "WORKDIR /app");
    CopyAction copy;
    copy.root = made;
    copy.parts.push_back({InlineFiles{{{"greeting", text}}}, {}});
    copy.destination = "/app/";
    tests::add_action(plan, copy, "COPY <<greeting /app/");
    return plan;
}

// One run of a plan; the store and what is known outlive it.
struct Kept {
    tests::TemporaryDirectory folder;
    std::unique_ptr<Store> store = Store::open(folder / "store").value();
    tests::FakeResultCache known;
};

struct Run {
    Run(Kept& kept, Plan executed, bool use_cache = true)
        : plan(std::move(executed)),
          layers(*kept.store, bases, 1),
          folders({kept.folder.path(), {kept.store->stat_cache(), kept.store->scratch()}}),
          contexts(folders),
          sources({}, *kept.store),
          key_agents(kept.store->scratch(), {}),
          runner({*kept.store, layers, {}, {}, networks, -1, secrets, agents, key_agents, devices}),
          executor(plan, results,
                   {kept.known,
                    kept.store->blobs(),
                    layers,
                    contexts,
                    sources,
                    transfers,
                    kept.store->root(),
                    kept.store->scratch(),
                    runner,
                    use_cache,
                    {}}) {
        layers.hold_in_memory();
    }
    Result<Executed> execute(std::uint32_t index) {
        return executor.execute({index}, [](std::string_view) {});
    }
    std::string file(std::uint32_t last, const std::string& path) {
        auto view = layers.view(results.chain(ActionId{last})).value();
        const Fd file = view.open_file(path).value();
        return read_text(*read_from(::dup(file.get()), path), 1000).value();
    }

    Plan plan;
    NoBases bases;
    LayerStore layers;
    ProjectFolders folders;
    ContextSource contexts;
    SourceFetcher sources;
    tests::RecordingSink told;
    Transfers transfers{told};
    Secrets secrets{{}, ""};
    std::vector<AgentSource> agents;
    KeyAgents key_agents;
    HostDevices devices;
    StepNetworks networks = networks_for({}, "", [](std::string_view) {});
    ActionResults results{plan};
    LocalStepRunner runner;
    ActionExecutor executor;
};

}  // namespace

TEST_CASE("what is executed once is found by its definition afterwards") {
    Kept kept;
    Run first(kept, small_plan("hello"));
    CHECK_FALSE(first.executor.look_up({0}).value());
    CHECK(first.execute(0).value().how == HowDone::Native);
    const Executed copied = first.execute(1).value();
    CHECK(copied.how == HowDone::Native);
    CHECK(first.file(1, "app/greeting") == "hello");

    Run second(kept, small_plan("hello"));
    CHECK(second.executor.look_up({1}).value());
    CHECK(second.results.find({1}) == copied.result);
}

TEST_CASE("a changed definition is executed, what stands below it is not") {
    Kept kept;
    Run first(kept, small_plan("hello"));
    REQUIRE(first.execute(0));
    REQUIRE(first.execute(1));
    Run second(kept, small_plan("good-bye"));
    CHECK(second.executor.look_up({0}).value());
    CHECK_FALSE(second.executor.look_up({1}).value());
    CHECK(second.execute(1).value().how == HowDone::Native);
    CHECK(second.file(1, "app/greeting") == "good-bye");
}

TEST_CASE("what reads the same as before is not written again") {
    Kept kept;
    Run first(kept, small_plan("hello"));
    REQUIRE(first.execute(0));
    const Executed copied = first.execute(1).value();
    kept.known.kept.erase(first.plan.action({1}).definition_key);
    Run second(kept, small_plan("hello"));
    CHECK_FALSE(second.executor.look_up({1}).value());
    REQUIRE(second.executor.look_up({0}).value());
    const Executed again = second.execute(1).value();
    CHECK(again.how == HowDone::CachedContent);
    CHECK(again.result.diff_id == copied.result.diff_id);
}

TEST_CASE("a layer that went away is made again, and is the same") {
    Kept kept;
    Run first(kept, small_plan("hello"));
    const Executed made = first.execute(0).value();
    REQUIRE(kept.store->blobs().remove(made.result.diff_id));
    Run second(kept, small_plan("hello"));
    CHECK_FALSE(second.executor.look_up({0}).value());
    const Executed again = second.execute(0).value();
    CHECK(again.how == HowDone::Native);
    CHECK(again.result.diff_id == made.result.diff_id);
}

TEST_CASE("without the cache everything is executed") {
    Kept kept;
    Run first(kept, small_plan("hello"));
    REQUIRE(first.execute(0));
    Run second(kept, small_plan("hello"), false);
    CHECK_FALSE(second.executor.look_up({0}).value());
    CHECK(second.execute(0).value().how == HowDone::Native);
}

TEST_CASE("files of a context that changed after compiling, and files that are not there, end an action") {
    Kept kept;
    REQUIRE(write_file(kept.folder / "a", "text", 0644, Durability::Cached));
    Plan plan;
    plan.contexts.push_back({"context", ".", {}});
    CopyAction copy;
    copy.parts.push_back({ContextFiles{{0}, Digest::of("another tree")}, {"a"}});
    copy.destination = "/";
    tests::add_action(plan, copy, "COPY a /");
    copy.parts.front() = {RootFiles{}, {"missing"}};
    tests::add_action(plan, copy, "COPY --from=empty missing /");
    Run run(kept, plan);
    const auto changed = run.execute(0);
    CHECK(changed.error().kind == ErrorKind::Verify);
    CHECK(changed.error().hint == "run `mabplan compile` again");
    CHECK(run.execute(1).error().kind == ErrorKind::Step);
    CHECK(kept.known.kept.empty());
}

TEST_CASE("a command for a platform that nothing is known of is a fault, and nothing is recorded") {
    Kept kept;
    Plan plan;
    RunAction command;
    command.argv = {"true"};
    command.platform = {"linux", "riscv64", {}, {}, {}};
    tests::add_action(plan, command, "RUN true");
    Run run(kept, plan);
    CHECK(run.execute(0).error().message == "nothing is known of how linux/riscv64 runs here");
    CHECK(kept.known.kept.empty());
}

TEST_CASE("a command that this host refuses is looked for before, and may be known") {
    Kept kept;
    Plan plan;
    RunAction command;
    command.argv = {"true"};
    command.platform = {"linux", "riscv64", {}, {}, {}};
    tests::add_action(plan, command, "RUN true");
    Run run(kept, plan);
    StepPlatform refused;
    refused.refusal = Error{ErrorKind::Environment, "there is no emulator"};
    run.runner.set_platforms({{"linux/riscv64", refused}});
    CHECK(run.execute(0).error().message == "there is no emulator");

    const Action& action = plan.action({0});
    BlobStore blobs = kept.store->blobs();
    REQUIRE(blobs.put(Digest::of("layer"), "layer"));
    const ActionResult known{Digest::of("layer"), 5, 1, {}};
    const ResultKey key{hash_fields(action.work, action.time, {"scratch", {}}), KeyKind::Content, {}, [] { return Explanation{}; }};
    REQUIRE(kept.known.put(key, known));
    const Executed found = run.execute(0).value();
    CHECK(found.how == HowDone::CachedContent);
    CHECK(found.result == known);
}
