// Damaged records are replaced by what can be read of them, for whoever has them open.
#include "runtime/store/records.h"

#include "runtime/store/database.h"
#include "tests/support/sample_records.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

constexpr std::size_t kPage = 4096;

}  // namespace

TEST_CASE("where one bit of a page was changed nothing is lost, and what is read is what was written") {
    const TemporaryDirectory folder;
    const std::string path = folder / "records";
    fill(path);
    const std::string whole = read_file(path).value();
    const std::size_t pages = whole.size() / kPage;
    REQUIRE(pages > 20);
    std::vector<std::size_t> places = {0, 17, 18, 20, 28, 52, 56, 60, 92, kPage - 1};
    for (std::size_t page = 1; page < pages; ++page) places.push_back(page * kPage + page * 131 % kPage);
    for (const std::size_t place : places) {
        CAPTURE(place);
        std::string damaged = whole;
        damaged[place] = static_cast<char>(damaged[place] ^ (1 << place % 8));
        REQUIRE(write_file(path, damaged));
        const auto records = Records::open(path).value();
        std::vector<std::string> told;
        records->on_repair([&](const std::string& repair) { told.push_back(repair); });
        for (int i = 0; i < 300; ++i) REQUIRE(has(*records, name_of(0, i)));
        REQUIRE(records->list().value().size() == 300);
        CHECK(told.size() <= 1);
        if (told.empty()) {
            // it has not been read so far
            const auto faults = records->check().value();
            if (faults.empty()) continue;  // and holds nothing
            REQUIRE(records->repair(faults.front()));
        }
        REQUIRE(told.size() == 1);
        CHECK(told[0].starts_with("cannot ") + told[0].starts_with("the records of the store are damaged: ") == 1);
        CHECK(told[0].ends_with("(the damaged ones: " + path + ".damaged)"));
        CHECK(records->check().value().empty());
        CHECK(records->list().value().size() == 300);
        CHECK(records->history(kInstruction).value().size() == 300);
        CHECK(read_file(path + ".damaged").value() == damaged);
        CHECK_FALSE(path_exists(path + ".mended"));
    }
}

TEST_CASE("of records with pages of something else all is there that stands in other pages") {
    const TemporaryDirectory folder;
    const std::string path = folder / "records";
    fill(path);
    const std::string whole = read_file(path).value();
    std::size_t harmed = 0;
    for (std::size_t page = 1; page < whole.size() / kPage; ++page) {
        CAPTURE(page);
        REQUIRE(write_file(path, std::string(whole).replace(page * kPage, kPage, kPage, 'x')));
        const auto records = Records::open(path).value();
        int left = 0;
        for (int i = 0; i < 300; ++i) {
            const auto found = records->find(key_of(name_of(0, i)));
            REQUIRE(found);
            if (!*found) continue;
            ++left;
            // what was left out stands in a table of its own
            REQUIRE((*found)->diff_id == result_of(name_of(0, i)).diff_id);
        }
        if (left == 300) continue;
        ++harmed;
        // a page has some twenty of them; the table's root stands above all of them
        CHECK((left > 250 || left == 0));
        REQUIRE(put(*records, name_of(0, 0)));
        CHECK(records->check().value().empty());
    }
    CHECK(harmed > 5);
}

TEST_CASE("a value that fits no sum is no answer, though it is well formed") {
    const TemporaryDirectory folder;
    const std::string path = folder / "records", name = "docker.io/library/app:1";
    const Descriptor root{"application/vnd.oci.image.index.v1+json", Digest::of("root"), 4, {}, {}};
    REQUIRE(Records::open(path).value()->put_image(name, root));
    std::string bytes = read_file(path).value();
    const std::size_t place = bytes.find(root.digest.text());
    REQUIRE(place != std::string::npos);
    bytes.replace(place, root.digest.text().size(), Digest::of("another").text());
    REQUIRE(write_file(path, bytes));
    const auto records = Records::open(path).value();
    CHECK_FALSE(records->check().value().empty());
    CHECK_FALSE(records->find_image(name).value());
    CHECK(path_exists(path + ".damaged"));
}

TEST_CASE("damage that is found while others have the records open is repaired for all of them") {
    const TemporaryDirectory folder;
    const std::string path = folder / "records";
    fill(path);
    const auto other = Records::open(path).value();
    REQUIRE(has(*other, name_of(0, 7)));
    REQUIRE(put(*other, "in the log"));
    std::string bytes = read_file(path).value();
    for (std::size_t page = 2; page < bytes.size() / kPage; page += 2)
        bytes[page * kPage + 100] = static_cast<char>(bytes[page * kPage + 100] ^ 4);
    {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file << bytes;
    }
    const auto finder = Records::open(path).value();
    CHECK(finder->list().value().size() == 301);
    CHECK(path_exists(path + ".damaged"));
    CHECK(has(*finder, "in the log"));
    REQUIRE(put(*other, "later"));
    CHECK(has(*finder, "later"));
    CHECK(has(*other, name_of(0, 299)));
    REQUIRE(put(*finder, "from the finder"));
    CHECK(has(*other, "from the finder"));
    CHECK(other->check().value().empty());
}

TEST_CASE("what is written while somebody replaces the records is in the new ones") {
    const TemporaryDirectory folder;
    const std::string path = folder / "records";
    const auto records = Records::open(path).value();
    constexpr int kWriters = 2, kEach = 60;
    std::vector<Writer> writers;
    for (int writer = 0; writer < kWriters; ++writer) writers.push_back(start_writer(path, writer, kEach));
    for (int i = 0; i < 25; ++i) REQUIRE(records->repair("a test says so"));
    finish(writers, kEach);
    for (int writer = 0; writer < kWriters; ++writer)
        for (int i = 0; i < kEach; ++i) CHECK(has(*records, name_of(writer, i)));
    CHECK(records->check().value().empty());
}

TEST_CASE("damaged records of a newer mabplan are refused, and stay as they are") {
    const TemporaryDirectory folder;
    const std::string path = folder / "records";
    fill(path);
    REQUIRE(Database::open(path).value().execute("UPDATE meta SET value = 1000000; CREATE TABLE of_later(a INTEGER PRIMARY KEY);"));
    std::string bytes = read_file(path).value();
    const std::size_t place = bytes.find("version", kPage);
    REQUIRE(place != std::string::npos);
    bytes[place] = static_cast<char>(bytes[place] ^ 1);
    REQUIRE(write_file(path, bytes));
    const auto refused = Records::open(path);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.starts_with("the store was written by a newer mabplan (version 1000000 "));
    CHECK(read_file(path).value() == bytes);
    for (const char* name : {".damaged", ".mended"}) CHECK_FALSE(path_exists(path + name));
}

TEST_CASE("an error that is none of damage replaces nothing") {
    const TemporaryDirectory folder;
    const std::string path = folder / "records", pinned = "docker.io/library/app@" + Digest::of("one").text();
    const auto records = Records::open(path).value();
    CHECK_FALSE(records->put_image(pinned, {"application/vnd.oci.image.index.v1+json", Digest::of("other"), 4, {}, {}}));
    CHECK_FALSE(path_exists(path + ".damaged"));
    std::filesystem::remove(path + "-wal");  // and one that is gone altogether is left
    std::filesystem::rename(path, path + ".away");
    CHECK(records->images().value().empty());
    CHECK_FALSE(path_exists(path));
}

TEST_CASE("what a replacement that was killed has left is in nobody's way") {
    const TemporaryDirectory folder;
    const std::string path = folder / "records";
    fill(path);
    for (const char* name : {".mended", ".mended-journal", ".damaged"}) REQUIRE(write_file(path + name, std::string(9000, 'y')));
    const auto records = Records::open(path).value();
    REQUIRE(records->repair("a test says so"));
    CHECK(records->list().value().size() == 300);
    CHECK_FALSE(path_exists(path + ".mended"));
    CHECK_FALSE(path_exists(path + ".mended-journal"));
}
