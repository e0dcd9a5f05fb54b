#include "compiler/lower/plan_builder.h"

#include "plans/model/action_key.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

RunAction run(const std::string& command, std::optional<ActionId> root = {}) {
    RunAction action;
    action.root = root;
    action.argv = {command};
    action.platform = {"linux", "amd64", {}, {}, {}};
    return action;
}

Origin at(std::uint32_t line) { return {"Dockerfile", line, line, "stage-0", "RUN"}; }

}  // namespace

TEST_CASE("equal actions are one, at the place and with the origin of the first") {
    PlanBuilder builder;
    const ActionId first = builder.add(run("a"), at(1));
    const ActionId second = builder.add(run("b"), at(2));
    CHECK(first == ActionId{0});
    CHECK(second == ActionId{1});
    CHECK(builder.add(run("a"), at(3)) == first);
    CHECK(builder.plan().actions.size() == 2);
    CHECK(builder.plan().actions[0].origin.line == 1);
}

TEST_CASE("equal commands on different roots are two, on equal roots one") {
    PlanBuilder builder;
    const ActionId a = builder.add(run("a"), at(1)), b = builder.add(run("b"), at(2));
    const ActionId on_a = builder.add(run("x", a), at(3)), on_b = builder.add(run("x", b), at(4)),
                   on_nothing = builder.add(run("x"), at(5));
    CHECK(on_a != on_b);
    CHECK(on_a != on_nothing);
    CHECK(builder.add(run("x", a), at(6)) == on_a);
    CHECK(builder.plan().actions.size() == 5);
}

TEST_CASE("the key that stands at an action is its definition key in the finished plan, inputs before users") {
    PlanBuilder builder;
    builder.set_epoch(5);
    const ActionId a = builder.add(run("a"), at(1));
    builder.add(MakeDirectoryAction{a, "/w", {}}, at(2));
    const Plan plan = builder.finish();
    for (const Action& action : plan.actions) CHECK(action.definition_key == definition_key(plan, action.work, action.time));
    for (std::uint32_t i = 0; i < plan.actions.size(); ++i)
        for (const ActionId input : inputs_of(plan.actions[i].work)) CHECK(input.index < i);
}

TEST_CASE("what has another epoch is another action, the place of a layer's bytes does not matter") {
    PlanBuilder early, late;
    early.set_epoch(1);
    late.set_epoch(2);
    early.add(run("a"), at(1));
    late.add(run("a"), at(1));
    CHECK(early.plan().actions[0].definition_key != late.plan().actions[0].definition_key);
    CHECK(late.set_epoch(1) == 2);
    CHECK(late.add(run("a"), at(1)).index == 1);

    PlanBuilder builder;
    ImageAction image;
    image.name = "one";
    image.layers.push_back({{}, Digest::of("layer")});
    const ActionId first = builder.add(image, at(1));
    image.name = "other";
    image.location.address = "elsewhere";
    CHECK(builder.add(image, at(2)) == first);
    image.layers[0].diff_id = Digest::of("another layer");
    CHECK(builder.add(image, at(3)) != first);
}

TEST_CASE("equal contexts are one; name, folder and patterns tell them apart") {
    PlanBuilder builder;
    const ContextId first = builder.add_context({"context", ".", {"*.o"}});
    CHECK(builder.add_context({"context", ".", {"*.o"}}) == first);
    CHECK(builder.add_context({"context", ".", {}}) == ContextId{1});
    CHECK(builder.add_context({"context", "sub", {"*.o"}}) == ContextId{2});
    CHECK(builder.add_context({"named", ".", {"*.o"}}) == ContextId{3});
    CHECK(builder.finish().contexts.size() == 4);
}
