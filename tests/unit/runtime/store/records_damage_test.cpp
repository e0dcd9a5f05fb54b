// Records that are damaged, of another form, or written by several processes at once, also by one that is killed.
#include "runtime/store/records.h"

#include "plans/base/format.h"
#include "runtime/store/store.h"
#include "runtime/sys/file.h"
#include "tests/support/in_child.h"
#include "tests/support/sample_records.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

// What a store of these records does: "opened", or why not.
std::string opened(const std::string& root) {
    const auto store = Store::open(root);
    return store ? "opened" : format_error(store.error());
}

}  // namespace

TEST_CASE("what several processes write at once is all there, with why and whose") {
    const TemporaryDirectory folder;
    constexpr int kWriters = 3, kEach = 40;
    std::vector<Writer> writers;
    for (int writer = 0; writer < kWriters; ++writer) writers.push_back(start_writer(folder / "records", writer, kEach));
    finish(writers, kEach);
    const auto records = Records::open(folder / "records").value();
    for (int writer = 0; writer < kWriters; ++writer)
        for (int i = 0; i < kEach; ++i) CHECK(has(*records, name_of(writer, i)));
    CHECK(records->list().value().size() == kWriters * kEach);
    CHECK(records->history(kInstruction).value().size() == kWriters * kEach);
}

TEST_CASE("what a killed writer was told is written is there, and nothing of it by halves") {
    const TemporaryDirectory folder;
    const Writer writer = start_writer(folder / "records", 0, 1'000'000);
    std::size_t told = 0;
    std::array<char, 16> buffer{};
    while (told < 30) {
        const ssize_t count = ::read(writer.said, buffer.data(), buffer.size());
        REQUIRE(count > 0);
        told += static_cast<std::size_t>(count);
    }
    ::kill(writer.pid, SIGKILL);
    told += read_to_end(writer.said).size();
    ::close(writer.said);
    REQUIRE(::waitpid(writer.pid, nullptr, 0) == writer.pid);

    const auto records = Records::open(folder / "records").value();
    for (std::size_t i = 0; i < told; ++i) CHECK(has(*records, name_of(0, static_cast<int>(i))));
    const auto rows = records->list().value();
    CHECK(rows.size() >= told);
    CHECK(rows.size() <= told + 1);
    for (const ResultRow& row : rows) CHECK(row.origin.starts_with("Dockerfile:1 RUN "));
    CHECK(records->history(kInstruction).value().size() == rows.size());
    CHECK(put(*records, "the next one"));
}

TEST_CASE("another process's records are seen by who has them open already") {
    const TemporaryDirectory folder;
    const auto records = Records::open(folder / "records").value();
    REQUIRE(put(*records, "mine"));
    const std::string told = in_child([&] {
        const auto other = Records::open(folder / "records").value();
        return format("{} {}", has(*other, "mine"), put(*other, "theirs").has_value());
    });
    CHECK(told == "true true");
    CHECK(has(*records, "theirs"));
}

TEST_CASE("records cut within their first page are put aside, and the store begins anew") {
    for (const std::uintmax_t size : {15, 99, 512, 4000}) {
        const TemporaryDirectory folder;
        const std::string root = folder / "store", path = root + "/records.sqlite";
        REQUIRE(opened(root) == "opened");
        fill(path);
        std::filesystem::resize_file(path, size);
        CAPTURE(size);
        CHECK(opened(root) == "opened");
        CHECK(std::filesystem::file_size(path + ".damaged") == size);
        const auto store = Store::open(root).value();
        CHECK(store->records().list().value().empty());
        CHECK(put(store->records(), "anew"));
    }
}

TEST_CASE("an empty file of records is one that nobody has written to yet") {
    const TemporaryDirectory folder;
    const std::string root = folder / "store";
    REQUIRE(opened(root) == "opened");
    std::filesystem::resize_file(root + "/records.sqlite", 0);
    CHECK(opened(root) == "opened");
    CHECK_FALSE(path_exists(root + "/records.sqlite.damaged"));
    CHECK(put(Store::open(root).value()->records(), "first"));
}

TEST_CASE("a layer that cannot be forgotten whole is not forgotten at all") {
    const TemporaryDirectory folder;
    const auto records = Records::open(folder / "records").value();
    REQUIRE(put(*records, "a"));
    const Digest layer = result_of("a").diff_id;
    REQUIRE(records->put_baked_in(layer, {{"machine-id", "/etc/machine-id"}}));
    REQUIRE(Database::open(folder / "records")
                .value()
                .execute("CREATE TRIGGER keep BEFORE DELETE ON results BEGIN SELECT RAISE(ABORT, 'kept'); END;"));
    CHECK_FALSE(records->forget_layer(layer));
    CHECK(has(*records, "a"));
    CHECK(records->find_baked_in(layer).value().size() == 1);
    CHECK(records->list().value().at(0).origin == "Dockerfile:1 RUN a");
    CHECK(records->history(kInstruction).value().size() == 1);
}

TEST_CASE("a result whose layer is no digest has the empty one, which no store has") {
    const TemporaryDirectory folder;
    const auto store = Store::open(folder / "store").value();
    REQUIRE(put(store->records(), "a"));
    for (const char* damaged : {"", "sha256:12", "../../etc"}) {
        auto database = Database::open(folder / "store/records.sqlite").value();
        REQUIRE(database.execute(format("UPDATE results SET diff_id = '{}';", damaged)));
        const auto found = store->records().find(key_of("a")).value();
        REQUIRE(found);
        CHECK(found->diff_id.empty());
        CHECK_FALSE(store->blobs().size(found->diff_id));
        CHECK(store->blobs().has(std::vector<Digest>{found->diff_id}).value() == std::vector<bool>{false});
    }
}

TEST_CASE("an explanation that is none explains nothing, and its result counts all the same") {
    const TemporaryDirectory folder;
    const auto records = Records::open(folder / "records").value();
    REQUIRE(put(*records, "a"));
    for (const char* fields : {"", "{", "{}", "[[\"tag\"]]", "[[\"tag\", 1]]", "[[\"tag\", {\"base64\": \"!\"}]]"}) {
        REQUIRE(Database::open(folder / "records").value().execute(format("UPDATE explanations SET fields = '{}';", fields)));
        CAPTURE(fields);
        const auto history = records->history(kInstruction);
        REQUIRE(history);
        REQUIRE(history->size() == 1);
        CHECK(history->front().why.fields.empty());
        CHECK(history->front().why.origin == "Dockerfile:1 RUN a");
        CHECK(has(*records, "a"));
    }
}

TEST_CASE("records that lack a column are an error that names them, not a result") {
    const TemporaryDirectory folder;
    REQUIRE(put(*Records::open(folder / "records").value(), "a"));
    REQUIRE(Database::open(folder / "records").value().execute("ALTER TABLE results DROP COLUMN emulator;"));
    const auto records = Records::open(folder / "records");
    REQUIRE(records);
    const auto found = (*records)->find(key_of("a"));
    REQUIRE_FALSE(found);
    CHECK(found.error().message.starts_with("cannot read the records of the store: "));
    CHECK(found.error().message.find("emulator") != std::string::npos);
}

TEST_CASE("records without a version get one, and keep what they have") {
    const TemporaryDirectory folder;
    REQUIRE(put(*Records::open(folder / "records").value(), "a"));
    REQUIRE(Database::open(folder / "records").value().execute("DELETE FROM meta;"));
    CHECK(has(*Records::open(folder / "records").value(), "a"));
    auto database = Database::open(folder / "records").value();
    auto version = database.prepare("SELECT value FROM meta WHERE name='version'").value();
    REQUIRE(version.step().value());
    CHECK(version.integer(0) >= 4);
}

TEST_CASE("a store of a newer mabplan is refused with its version, and its records are neither put aside nor changed") {
    const TemporaryDirectory folder;
    const std::string root = folder / "store";
    REQUIRE(put(Store::open(root).value()->records(), "a"));
    REQUIRE(Database::open(root + "/records.sqlite").value().execute("UPDATE meta SET value = 1000000;"));
    const std::string refused = opened(root);
    CHECK(refused.starts_with("error: the store was written by a newer mabplan (version 1000000 of its records, this one knows "));
    CHECK(refused.find("  while opening the store\n") != std::string::npos);
    CHECK_FALSE(path_exists(root + "/records.sqlite.damaged"));
    REQUIRE(Database::open(root + "/records.sqlite").value().execute("UPDATE meta SET value = 4;"));
    CHECK(has(Store::open(root).value()->records(), "a"));
}
