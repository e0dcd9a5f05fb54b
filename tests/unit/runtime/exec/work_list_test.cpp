// What of a plan has to be done, where some of it is found done.
#include "runtime/exec/work_list.h"

#include "tests/support/example_plan.h"

#include <doctest/doctest.h>

#include <set>

using namespace mabplan;
using namespace mabplan::runtime;
using mabplan::tests::add_action;

namespace {

// Two stages: 0, 1 and 2 stand on one another; 3 copies from 1, and 4 on it from 0; 5 stands apart.
struct TwoStages {
    TwoStages() {
        const ActionId a = add_action(plan, MakeDirectoryAction{std::nullopt, "/a", ""}, "a");
        const ActionId b = add_action(plan, MakeDirectoryAction{a, "/b", ""}, "b");
        add_action(plan, MakeDirectoryAction{b, "/c", ""}, "c");
        CopyAction from_b;
        from_b.parts.push_back({RootFiles{b}, {"/b"}, false});
        from_b.destination = "/x";
        const ActionId x = add_action(plan, from_b, "x");
        CopyAction from_a;
        from_a.root = x;
        from_a.parts.push_back({RootFiles{a}, {"/a"}, false});
        from_a.destination = "/y";
        add_action(plan, from_a, "y");
        add_action(plan, MakeDirectoryAction{std::nullopt, "/other", ""}, "other");
    }
    void want(std::uint32_t root) {
        Cell cell;
        cell.root = ActionId{root};
        plan.targets.push_back({std::to_string(root), {cell}, {}, {}, {}, {}});
    }
    // The numbers of what is missing, where these are done.
    std::set<std::uint32_t> missing(const std::set<std::uint32_t>& done) {
        asked = 0;
        const auto list = find_work(plan, [&](ActionId id) -> Result<bool> {
                              ++asked;
                              return done.contains(id.index);
                          }).value();
        std::set<std::uint32_t> numbers;
        for (const ActionId id : list.missing) numbers.insert(id.index);
        for (const ActionId id : list.cached) CHECK_FALSE(numbers.contains(id.index));
        return numbers;
    }

    Plan plan;
    int asked = 0;
};

}  // namespace

TEST_CASE("what is done needs nothing below it but its own chain, and of what it was copied from nothing") {
    TwoStages stages;
    stages.want(2);
    CHECK(stages.missing({0, 1, 2}).empty());
    CHECK(stages.asked == 3);
    CHECK(stages.missing({0, 1}) == std::set<std::uint32_t>{2});
    stages.plan.targets.clear();
    stages.want(4);
    CHECK(stages.missing({3, 4}).empty());
    CHECK(stages.asked == 2);
    CHECK(stages.missing({0, 3}) == std::set<std::uint32_t>{4});
}

TEST_CASE("what stands on something that is made anew is asked for by its content, though it was found done") {
    TwoStages stages;
    stages.want(2);
    CHECK(stages.missing({1, 2}) == std::set<std::uint32_t>{0, 1, 2});
    CHECK(stages.missing({0, 2}) == std::set<std::uint32_t>{1, 2});
    CHECK(stages.asked == 3);
}

TEST_CASE("the same for what takes files from there, where that is made anew for somebody else") {
    TwoStages stages;
    stages.want(4);
    // y has to be made, and a for it; x stands on b, and so on a, but b is done and is looked at again
    CHECK(stages.missing({1, 3}) == std::set<std::uint32_t>{0, 1, 3, 4});
    stages.want(5);
    CHECK(stages.missing({1, 3, 5}) == std::set<std::uint32_t>{0, 1, 3, 4});
    CHECK(stages.missing({0, 1, 3, 5}) == std::set<std::uint32_t>{4});
}
