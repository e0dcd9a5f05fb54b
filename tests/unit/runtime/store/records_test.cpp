#include "runtime/store/records.h"

#include "tests/support/set_clock.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

TEST_CASE("several may open the records of a new store at once") {
    constexpr std::size_t kOpeners = 8;
    for (int round = 0; round < 5; ++round) {
        const TemporaryDirectory folder;
        std::vector<std::string> failures(kOpeners);
        std::vector<std::thread> openers;
        for (std::string& failure : failures)
            openers.emplace_back([&failure, path = folder / "records"] {
                if (auto opened = Records::open(path); !opened) failure = opened.error().message;
            });
        for (std::thread& opener : openers) opener.join();
        for (const std::string& failure : failures) CHECK(failure == "");
    }
}

TEST_CASE("programs of a layer are remembered, also that there are none") {
    const TemporaryDirectory folder;
    const auto records = Records::open(folder / "records").value();
    const Digest layer = Digest::of("layer");
    CHECK_FALSE(records->find_programs(layer).value());
    REQUIRE(records->put_programs(layer, {}));
    CHECK(records->find_programs(layer).value()->empty());
    REQUIRE(records->put_programs(layer, {{"amd64", "/bin/a"}}));
    const auto found = records->find_programs(layer).value();
    REQUIRE(found->size() == 1);
    CHECK(found->front().path == "/bin/a");
}

TEST_CASE("what was left out of a layer, and what it should not have, is remembered as long as the layer") {
    const TemporaryDirectory folder;
    const auto records = Records::open(folder / "records").value();
    ActionResult result;
    result.diff_id = Digest::of("layer");
    result.left_out = {{"/var/log/apt/term.log", "log of apt"}, {"/var/log/dpkg.log", "log of dpkg"}};
    const ResultKey key{Digest::of("key"), KeyKind::Content, [] { return Explanation{{}, "origin"}; }};
    REQUIRE(records->put(key, result));
    CHECK(records->find(key).value()->left_out == result.left_out);
    result.left_out.pop_back();
    REQUIRE(records->put(key, result));
    CHECK(records->find(key).value()->left_out == result.left_out);

    CHECK(records->find_baked_in(result.diff_id).value().empty());
    const std::vector<BakedIn> found{{"machine-id", "/etc/machine-id"}, {"private-key", "/root/.ssh/id"}};
    REQUIRE(records->put_baked_in(result.diff_id, found));
    CHECK(records->find_baked_in(result.diff_id).value() == found);

    REQUIRE(records->forget_layer(result.diff_id));
    CHECK(records->find_baked_in(result.diff_id).value().empty());
    result.left_out.clear();
    REQUIRE(records->put(key, result));
    CHECK(records->find(key).value()->left_out.empty());
}

TEST_CASE("results and their uses are dated by the clock that was given") {
    const TemporaryDirectory folder;
    SetClock clock(1000);
    const auto records = Records::open(folder / "records", clock).value();
    ActionResult result;
    result.diff_id = Digest::of("layer");
    const ResultKey key{Digest::of("key"), KeyKind::Definition, [] { return Explanation{{}, "RUN x"}; }};
    REQUIRE(records->put(key, result));
    clock.set(2000);
    REQUIRE(records->find(key).value());
    REQUIRE(records->flush());
    const auto listed = records->list().value();
    REQUIRE(listed.size() == 1);
    CHECK(listed.front().made == 1000);
    CHECK(listed.front().used == 2000);
}
