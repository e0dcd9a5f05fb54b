#include "compiler/lower/history.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

TEST_CASE("copies of a history go their own ways") {
    History common;
    common.add({"FROM", {}});
    History left = common, right = common;
    left.add({"RUN left", ActionId{1}});
    right.add({"RUN right", ActionId{2}});
    CHECK(common.entries() == std::vector<HistoryEntry>{{"FROM", {}}});
    CHECK(left.entries() == std::vector<HistoryEntry>{{"FROM", {}}, {"RUN left", ActionId{1}}});
    CHECK(right.entries().back().created_by == "RUN right");
}

TEST_CASE("a long history is taken down without recursion") {
    History history;
    for (int i = 0; i < 1'000'000; ++i) history.add({"x", {}});
    const History copy = history;
    history = History();
    CHECK(copy.entries().size() == 1'000'000);
}
