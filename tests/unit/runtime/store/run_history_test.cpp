#include "runtime/store/run_history.h"

#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;
using mabplan::tests::TemporaryDirectory;

namespace {

std::string begin_and_end(const RunHistory& history, std::int64_t now, const std::string& text, const HistoryLimits& limits = {}) {
    static long milliseconds = 0;
    const auto log = history.begin({now, ++milliseconds % 1000 * 1'000'000}, limits).value();
    REQUIRE(write_all(log.file.get(), text, log.id));
    return log.id;
}

}  // namespace

TEST_CASE("runs are listed by when they began, the latest first, and whether they go on") {
    const TemporaryDirectory folder;
    const RunHistory history(folder / "store");
    CHECK(history.list().value().empty());
    REQUIRE(make_directories(folder / "store"));
    const std::string first = begin_and_end(history, 1'700'000'000, "one"), second = begin_and_end(history, 1'700'000'000, "two!");
    CHECK(first.starts_with("20231114T221320."));
    {
        const auto going = history.begin({1'700'000'100, 0}).value();
        const auto runs = history.list().value();
        REQUIRE(runs.size() == 3);
        CHECK(runs[0].id == going.id);
        CHECK(runs[0].goes_on);
        CHECK_FALSE(history.remove(going.id));
    }
    const auto runs = history.list().value();
    CHECK_FALSE(runs[0].goes_on);
    CHECK(runs[1].id == second);
    CHECK(runs[1].bytes == 4);
    CHECK(runs[2].id == first);
    CHECK(history.remove(first));
    CHECK(history.remove(first));
    CHECK(history.list().value().size() == 2);
}

TEST_CASE("the oldest runs go, by number and by bytes, but none that goes on") {
    const TemporaryDirectory folder;
    REQUIRE(make_directories(folder / "store"));
    const RunHistory history(folder / "store");
    const auto going = history.begin({1'600'000'000, 0}).value();
    for (int i = 0; i < 6; ++i) begin_and_end(history, 1'700'000'000 + i, std::string(100, 'x'), {4, 100'000});
    CHECK(history.list().value().size() == 5);  // four, and the one that goes on
    begin_and_end(history, 1'700'000'010, "small", {100, 250});
    const auto runs = history.list().value();
    CHECK(runs.size() == 4);
    CHECK(runs.back().id == going.id);
    begin_and_end(history, 1'700'000'020, std::string(1000, 'x'), {100, 250});
    begin_and_end(history, 1'700'000'021, "after a large one", {100, 250});
    CHECK(history.list().value()[1].bytes == 1000);
}
