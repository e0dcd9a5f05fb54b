#include "runtime/exec/action_results.h"

#include "tests/support/example_plan.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

// A base of two layers, a directory on it, and another one on that.
struct World {
    World() {
        ImageAction image;
        image.layers = {{{}, Digest::of("one")}, {{}, Digest::of("two")}};
        base = tests::add_action(plan, image, "FROM base");
        first = tests::add_action(plan, MakeDirectoryAction{base, "/a", ""}, "WORKDIR /a");
        second = tests::add_action(plan, MakeDirectoryAction{first, "/b", ""}, "WORKDIR /b");
    }
    Plan plan;
    ActionId base, first, second;
};

}  // namespace

TEST_CASE("a chain is the layers of the base and of what stands on it, bottom first") {
    const World world;
    ActionResults results(world.plan);
    CHECK(results.chain(std::nullopt).empty());
    results.remember(world.first, {Digest::of("three"), 1, 0, {}});
    results.remember(world.second, {Digest::of("four"), 1, 0, {}});
    const std::vector<Digest> all{Digest::of("one"), Digest::of("two"), Digest::of("three"), Digest::of("four")};
    CHECK(results.chain(world.second) == all);
    CHECK(results.chain(world.first) == std::vector<Digest>(all.begin(), all.begin() + 3));
    CHECK(results.chain(world.base) == std::vector<Digest>(all.begin(), all.begin() + 2));
}

TEST_CASE("a base is done as it is; all else is once its result is known, and the last one counts") {
    const World world;
    ActionResults results(world.plan);
    CHECK(results.has_result(world.base));
    CHECK_FALSE(results.has_result(world.first));
    CHECK_FALSE(results.find(world.first));
    results.remember(world.first, {Digest::of("three"), 1, 0, {}});
    const std::vector<LeftOut> noise{{"/var/log/dpkg.log", "log of dpkg"}};
    results.remember(world.first, {Digest::of("other"), 1, 0, {}, noise});
    CHECK(results.has_result(world.first));
    CHECK(results.find(world.first)->diff_id == Digest::of("other"));
    CHECK(results.find(world.first)->left_out == noise);
}
