// What need not be made again, decided by keys and by which layers are at hand: no file is touched.
#include "runtime/exec/action_cache.h"

#include "tests/support/example_plan.h"
#include "tests/support/fake_result_cache.h"

#include <doctest/doctest.h>

#include <set>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

struct World {
    explicit World(UseOfCache use = UseOfCache::All, std::set<std::string> fresh_stages = {})
        : cache(
              plan, results, known, [this](const Digest& diff_id) -> Result<bool> { return layers.contains(diff_id); }, use,
              std::move(fresh_stages)) {}

    Plan plan = [] {
        Plan one;
        tests::add_action(one, MakeDirectoryAction{std::nullopt, "/a", ""}, "WORKDIR /a");
        return one;
    }();
    ActionId id{0};
    tests::FakeResultCache known;
    std::set<Digest> layers{Digest::of("layer")};
    ActionResults results{plan};
    ActionCache cache;
    ActionResult made{Digest::of("layer"), 10, 0.5, "", {{"/var/log/x", "log"}}};
    InputIdentity inputs{"owner 0:0", {}};

    const Action& action() const { return plan.action(id); }
    Digest content_key() const { return hash_fields(action().work, action().time, inputs); }
};

}  // namespace

TEST_CASE("what was recorded is found by its definition, and remembered for this run") {
    World world;
    CHECK_FALSE(world.cache.look_up(world.id).value());
    REQUIRE(world.cache.record(world.id, world.inputs, world.made));
    World later;
    later.known.kept = world.known.kept;
    CHECK(later.cache.look_up(later.id).value());
    CHECK(later.results.find(later.id) == world.made);
}

TEST_CASE("a record says why its keys are what they are, and where they come from") {
    World world;
    REQUIRE(world.cache.record(world.id, world.inputs, world.made));
    const auto& definition = world.known.kept.at(world.action().definition_key);
    CHECK(definition.kind == KeyKind::Definition);
    CHECK(definition.why.origin == "Dockerfile:1 WORKDIR /a");
    CHECK(definition.instructions == world.action().instructions);
    CHECK(definition.why.fields ==
          explain_fields(world.action().work, world.action().time, definition_inputs(world.plan, world.action().work)));
    const auto& content = world.known.kept.at(world.content_key());
    CHECK(content.kind == KeyKind::Content);
    CHECK(content.instructions == world.action().instructions);
    CHECK(content.why.fields == explain_fields(world.action().work, world.action().time, world.inputs));
    CHECK(world.known.kept.size() == 2);
}

TEST_CASE("a result whose layer is gone is none") {
    World world;
    REQUIRE(world.cache.record(world.id, world.inputs, world.made));
    World later;
    later.known.kept = world.known.kept;
    later.layers.clear();
    CHECK_FALSE(later.cache.look_up(later.id).value());
    CHECK_FALSE(later.cache.find_content(later.id, later.inputs).value());
    CHECK_FALSE(later.results.has_result(later.id));
}

TEST_CASE("a new definition that reads the same adopts the result") {
    World world;
    REQUIRE(world.cache.record(world.id, world.inputs, world.made));
    world.known.kept.erase(world.action().definition_key);  // as if it had never been seen
    CHECK_FALSE(world.cache.look_up(world.id).value());
    const auto found = world.cache.find_content(world.id, world.inputs).value();
    REQUIRE(found);
    CHECK(found->how == HowDone::CachedContent);
    CHECK(found->result == world.made);
    CHECK(world.cache.look_up(world.id).value());
}

TEST_CASE("what another host would have made otherwise does not stand for its definition") {
    World world;
    REQUIRE(world.cache.record(world.id, world.inputs, world.made, KeysOf::Content));
    CHECK(world.results.has_result(world.id));
    CHECK_FALSE(world.cache.look_up(world.id).value());
    CHECK(world.cache.find_content(world.id, world.inputs, KeysOf::Content).value());
    CHECK_FALSE(world.cache.look_up(world.id).value());
}

TEST_CASE("without the cache nothing is looked for, and everything is recorded") {
    World world(UseOfCache::NoResults);
    REQUIRE(world.cache.record(world.id, world.inputs, world.made));
    CHECK_FALSE(world.cache.look_up(world.id).value());
    CHECK_FALSE(world.cache.find_content(world.id, world.inputs).value());
    CHECK(world.known.finds == 0);
    CHECK(world.known.puts == 2);
}

TEST_CASE("a stage that is to be executed again is not looked for, and others are") {
    for (const std::string stage : {"app", "other"}) {
        World world(UseOfCache::All, {stage});
        world.plan.actions[0].origin.stage = "app";
        REQUIRE(world.cache.record(world.id, world.inputs, world.made));
        CHECK(world.cache.look_up(world.id).value() == (stage == "other"));
    }
}

TEST_CASE("files that are mounted are copied once, with and without the cache") {
    for (const UseOfCache use : {UseOfCache::All, UseOfCache::NoResults}) {
        World world(use);
        CopyAction copy;
        copy.destination = "/";
        const std::optional<LayerTime> time;
        const ActionCache::MountedCopy mounted{copy, time, world.inputs, "files mounted from /src"};
        int makes = 0;
        const auto make = [&]() -> Result<ActionResult> {
            ++makes;
            return world.made;
        };
        CHECK(world.cache.find_or_make(mounted, make).value() == world.made);
        CHECK(world.cache.find_or_make(mounted, make).value() == world.made);
        CHECK(makes == 1);
        CHECK(world.known.kept.at(hash_fields(copy, time, world.inputs)).why.origin == "files mounted from /src");
    }
}

TEST_CASE("a cache that cannot be read or written is an error") {
    World world;
    world.known.failure = Error{ErrorKind::Environment, "no space left"};
    CHECK(world.cache.look_up(world.id).error().message == "no space left");
    CHECK(world.cache.find_content(world.id, world.inputs).error().message == "no space left");
    CHECK(world.cache.record(world.id, world.inputs, world.made).error().message == "no space left");
    CHECK_FALSE(world.results.has_result(world.id));
}
