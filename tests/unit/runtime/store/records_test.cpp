#include "runtime/store/records.h"

#include "plans/base/format.h"
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
    const ResultKey key{Digest::of("key"), KeyKind::Content, {}, [] { return Explanation{{}, "origin"}; }};
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
    const ResultKey key{Digest::of("key"), KeyKind::Definition, {}, [] { return Explanation{{}, "RUN x"}; }};
    REQUIRE(records->put(key, result));
    clock.set(2000);
    REQUIRE(records->find(key).value());
    REQUIRE(records->flush());
    const auto listed = records->list().value();
    REQUIRE(listed.size() == 1);
    CHECK(listed.front().made == 1000);
    CHECK(listed.front().used == 2000);
}

namespace {

const Platform kArm{"linux", "arm64", {}, {}, {}};
const InstructionId kMake{"web", "build", kArm, "run", 2};

ResultKey key_of(const std::string& name, std::vector<InstructionId> instructions = {kMake}) {
    return {Digest::of(name), KeyKind::Definition, std::move(instructions), [name] {
                return Explanation{{{"argv[2]", name}, {"env X", "X=\xff"}}, "Dockerfile:3 RUN " + name};
            }};
}

const ActionResult kMade{Digest::of("layer"), 7, 1.5, "qemu"};

// Keys of the instruction's history, the latest first.
std::vector<Digest> keys(Records& records, const InstructionId& id = kMake) {
    std::vector<Digest> found;
    const auto history = records.history(id).value();
    for (const InstructionRecord& record : history) found.push_back(record.key);
    return found;
}

// The tables as the version before instructions had names wrote them, with one of everything.
void write_store_of_version_3(const std::string& path) {
    Database database = Database::open(path).value();
    REQUIRE(database.execute(
        "CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;"
        "CREATE TABLE remote(address TEXT PRIMARY KEY, value TEXT, etag TEXT, modified TEXT) WITHOUT ROWID;"
        "CREATE TABLE results(key TEXT PRIMARY KEY, kind INTEGER, diff_id TEXT, bytes INTEGER, seconds REAL, emulator TEXT, made INTEGER,"
        " used INTEGER) WITHOUT ROWID;"
        "CREATE TABLE explanations(key TEXT PRIMARY KEY, fields TEXT, origin TEXT) WITHOUT ROWID;"
        "CREATE TABLE packed(diff_id TEXT, codec TEXT, digest TEXT, bytes INTEGER, used INTEGER, PRIMARY KEY(diff_id, codec)) WITHOUT "
        "ROWID;"
        "CREATE TABLE programs(diff_id TEXT, architecture TEXT, path TEXT, PRIMARY KEY(diff_id, architecture)) WITHOUT ROWID;"
        "CREATE TABLE left_out(key TEXT, path TEXT, what TEXT, PRIMARY KEY(key, path)) WITHOUT ROWID;"
        "CREATE TABLE baked_in(diff_id TEXT, path TEXT, kind TEXT, PRIMARY KEY(diff_id, path)) WITHOUT ROWID;"
        "CREATE INDEX results_by_layer ON results(diff_id);"
        "INSERT INTO meta VALUES('version', 3);"));
    const std::string key = Digest::of("old").text();
    const std::string layer = Digest::of("layer").text();
    const auto insert = [&](const std::string& row) { REQUIRE(database.execute("INSERT INTO " + row + ";")); };
    insert(format("results VALUES('{}', 0, '{}', 7, 1.5, 'qemu', 1700000000, 1700000001)", key, layer));
    insert(format("explanations VALUES('{}', '[[\"argv[2]\",\"old\"]]', 'Dockerfile:3 RUN old')", key));
    insert(format("packed VALUES('{}', 'gzip', '{}', 5, 1700000000)", layer, Digest::of("packed").text()));
    insert(format("programs VALUES('{}', '', '')", layer));
    insert(format("left_out VALUES('{}', '/var/log/x', 'log')", key));
    insert(format("baked_in VALUES('{}', '/etc/machine-id', 'machine-id')", layer));
    insert("remote VALUES('https://example.com/', 'value', 'etag', 'date')");
}

}  // namespace

TEST_CASE("an instruction has the keys that were recorded for it, with fields, origin and time") {
    const TemporaryDirectory folder;
    const auto records = Records::open(folder / "records").value();
    REQUIRE(records->put(key_of("make"), kMade));
    const auto history = records->history(kMake).value();
    REQUIRE(history.size() == 1);
    CHECK(history[0].key == Digest::of("make"));
    CHECK(history[0].kind == KeyKind::Definition);
    CHECK(history[0].why == key_of("make").explain());
    CHECK(history[0].used > 1'700'000'000);
    InstructionId other = kMake;
    other.ordinal = 3;
    CHECK(keys(*records, other).empty());
    other = kMake;
    other.platform.architecture = "amd64";
    CHECK(keys(*records, other).empty());
}

TEST_CASE("what is found is what the instruction had last, once it is written") {
    const TemporaryDirectory folder;
    SetClock clock(1000);
    {
        const auto records = Records::open(folder / "records", clock).value();
        REQUIRE(records->put(key_of("make"), kMade));
        clock.set(2000);
        REQUIRE(records->put(key_of("make all"), kMade));
        CHECK(keys(*records) == std::vector<Digest>{Digest::of("make all"), Digest::of("make")});
        // the text goes back to what it was, and so does the key; another instruction comes to it as well
        InstructionId other = kMake;
        other.target = "worker";
        clock.set(3000);
        REQUIRE(records->find(key_of("make", {kMake, other})).value());
        REQUIRE(records->flush());
        CHECK(keys(*records, other) == std::vector<Digest>{Digest::of("make")});
    }
    const auto records = Records::open(folder / "records", clock).value();
    const auto history = records->history(kMake).value();
    REQUIRE(history.size() == 2);
    CHECK(history[0].key == Digest::of("make"));
    CHECK(history[0].used == 3000);
    CHECK(history[1].key == Digest::of("make all"));
    CHECK(history[1].used == 2000);
}

TEST_CASE("what is removed from the store is in no history") {
    const TemporaryDirectory folder;
    const auto records = Records::open(folder / "records").value();
    REQUIRE(records->put(key_of("make"), kMade));
    REQUIRE(records->find(key_of("make")).value());
    REQUIRE(records->forget_layer(kMade.diff_id));
    REQUIRE(records->flush());
    CHECK(keys(*records).empty());
    REQUIRE(records->put(key_of("another"), kMade));
    CHECK(keys(*records) == std::vector<Digest>{Digest::of("another")});
}

TEST_CASE("an older store keeps all that it has, and gets histories") {
    const TemporaryDirectory folder;
    write_store_of_version_3(folder / "records");
    for (int opened = 0; opened < 2; ++opened) {
        const auto records = Records::open(folder / "records").value();
        ActionResult old = kMade;
        old.left_out = {{"/var/log/x", "log"}};
        CHECK(records->find(key_of("old", {})).value() == old);
        const auto rows = records->list().value();
        REQUIRE(rows.size() == 1);
        CHECK(rows[0].origin == "Dockerfile:3 RUN old");
        CHECK(rows[0].made == 1'700'000'000);
        CHECK(records->find_packed(kMade.diff_id, "gzip").value()->digest == Digest::of("packed"));
        CHECK(records->find_programs(kMade.diff_id).value()->empty());
        CHECK(records->find_baked_in(kMade.diff_id).value().size() == 1);
        CHECK(records->find_remote("https://example.com/").value()->etag == "etag");
    }
    // what was recorded before instructions had names has one from its next use on
    const auto records = Records::open(folder / "records").value();
    REQUIRE(records->find(key_of("old")).value());
    REQUIRE(records->flush());
    const auto history = records->history(kMake).value();
    REQUIRE(history.size() == 1);
    CHECK(history[0].why == Explanation{{{"argv[2]", "old"}}, "Dockerfile:3 RUN old"});
}

TEST_CASE("a store of a newer version is refused and left alone") {
    const TemporaryDirectory folder;
    REQUIRE(Records::open(folder / "records"));
    REQUIRE(Database::open(folder / "records").value().execute("UPDATE meta SET value = 99;"));
    const auto refused = Records::open(folder / "records");
    CHECK(refused.error().kind == ErrorKind::Environment);
    CHECK(refused.error().message.find("newer mabplan (version 99") != std::string::npos);
    auto version = Database::open(folder / "records").value().prepare("SELECT value FROM meta").value();
    REQUIRE(version.step().value());
    CHECK(version.integer(0) == 99);
}

TEST_CASE("the last use of a layer is that of its results and of its packed forms") {
    const TemporaryDirectory folder;
    write_store_of_version_3(folder / "records");
    const auto records = Records::open(folder / "records").value();
    CHECK(records->last_uses().value().at(kMade.diff_id) == 1'700'000'001);
    CHECK(records->last_uses().value().at(Digest::of("packed")) == 1'700'000'000);
    REQUIRE(records->find(key_of("old")).value());
    CHECK(records->last_uses().value().at(kMade.diff_id) == 1'700'000'001);  // not written yet
    REQUIRE(records->flush());
    CHECK(records->last_uses().value().at(kMade.diff_id) > 1'700'000'001);
    CHECK(records->last_uses().value().at(Digest::of("packed")) == 1'700'000'000);
}

TEST_CASE("forgetting a layer forgets all that refers to it, and nothing else") {
    const TemporaryDirectory folder;
    write_store_of_version_3(folder / "records");
    const auto records = Records::open(folder / "records").value();
    const ActionResult other{Digest::of("another layer"), 1, 0, {}};
    REQUIRE(records->put(key_of("other"), other));
    REQUIRE(records->forget_layer(kMade.diff_id));
    CHECK_FALSE(records->find(key_of("old")).value());
    CHECK_FALSE(records->find_packed(kMade.diff_id, "gzip").value());
    CHECK_FALSE(records->find_programs(kMade.diff_id).value());
    CHECK(records->find(key_of("other")).value() == other);
    CHECK(records->find_remote("https://example.com/").value());
}

TEST_CASE("what is used without being asked for is dated to the hour") {
    const TemporaryDirectory folder;
    SetClock clock(1'000'000);
    const auto records = Records::open(folder / "records.sqlite", clock).value();
    const ResultKey key{Digest::of("key"), KeyKind::Definition, {}, [] { return Explanation{}; }};
    REQUIRE(records->put(key, {Digest::of("layer"), 1, 0, {}}));
    const auto used = [&] { return records->list().value().front().used; };
    clock.set(1'000'600);
    records->note_uses({key.digest, Digest::of("of nothing")});
    REQUIRE(records->flush());
    CHECK(used() == 1'000'000);
    clock.set(1'007'200);
    records->note_uses({key.digest});
    REQUIRE(records->flush());
    CHECK(used() == 1'007'200);
    clock.set(1'007'300);
    records->note_uses({key.digest});
    REQUIRE(records->find(key).value());  // asked for as well
    REQUIRE(records->flush());
    CHECK(used() == 1'007'300);
    CHECK(records->list().value().size() == 1);
}
