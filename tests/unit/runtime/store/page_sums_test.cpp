// What SQLite reads of a database whose pages have sums, as later versions of it read it, too: parts of pages.
#include "runtime/store/page_sums.h"

#include "runtime/store/database.h"
#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <string>
#include <vector>

using namespace mabplan;
using namespace mabplan::runtime;
using mabplan::tests::TemporaryDirectory;

namespace {

constexpr std::size_t kPage = 4096;

// A file as SQLite has it open through the layer.
struct Opened {
    Opened(const std::string& path, DamagedPages pages) {
        sqlite3_vfs* const layer = sqlite3_vfs_find(page_sums_layer(pages));
        memory.resize(static_cast<std::size_t>(layer->szOsFile));
        file = reinterpret_cast<sqlite3_file*>(memory.data());
        // SQLite ends the name of a file with two more zeros
        name = path + std::string(4, '\0');
        REQUIRE(layer->xOpen(layer, name.c_str(), file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MAIN_DB, nullptr) == SQLITE_OK);
    }
    ~Opened() { file->pMethods->xClose(file); }
    Opened(const Opened&) = delete;
    Opened& operator=(const Opened&) = delete;
    int read(std::size_t start, std::size_t count) {
        bytes.assign(count, '\0');
        return file->pMethods->xRead(file, bytes.data(), static_cast<int>(count), static_cast<sqlite3_int64>(start));
    }

    std::vector<char> memory;
    std::string name, bytes;
    sqlite3_file* file = nullptr;
};

struct Place {
    TemporaryDirectory folder;
    std::string path = folder / "database";
    std::string whole;
    Place() {
        REQUIRE(
            Database::open(path).value().execute("CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT);"
                                                 "INSERT INTO t VALUES(1, hex(randomblob(10000)));"));
        whole = read_file(path).value();
        REQUIRE(whole.size() >= 6 * kPage);
    }
    void flip(std::size_t place) const {
        std::string damaged = whole;
        damaged[place] = static_cast<char>(damaged[place] ^ 8);
        REQUIRE(write_file(path, damaged));
    }
};

}  // namespace

TEST_CASE("a part of a page is what the file has there, and no answer where the page has another sum") {
    const Place place;
    // where a value goes on: all but the sum, and a little
    const std::vector<std::pair<std::size_t, std::size_t>> parts{
        {3 * kPage, 4088}, {3 * kPage, 300}, {3 * kPage + 77, 1}, {0, 4096}, {0, 600}};
    Opened good(place.path, DamagedPages::Refused);
    for (const auto& [start, count] : parts) {
        REQUIRE(good.read(start, count) == SQLITE_OK);
        CHECK(good.bytes == place.whole.substr(start, count));
    }
    CHECK(good.read(3 * kPage + 4000, 200) == SQLITE_IOERR_DATA);  // of two pages
    for (const std::size_t page : {std::size_t{0}, std::size_t{3}}) {
        place.flip(page * kPage + 2000);
        Opened refused(place.path, DamagedPages::Refused), mended(place.path, DamagedPages::Mended);
        for (const auto& [start, count] : parts) {
            CHECK(refused.read(start, count) == (start / kPage == page ? SQLITE_IOERR_DATA : SQLITE_OK));
            CHECK(mended.read(start, count) == SQLITE_OK);
            CHECK(mended.bytes == place.whole.substr(start, count));
        }
    }
}

TEST_CASE("the header is looked at before anything is locked, and its sum with the page") {
    const Place place;
    for (const std::size_t at : {std::size_t{17}, std::size_t{20}, std::size_t{99}}) {
        place.flip(at);
        Opened refused(place.path, DamagedPages::Refused), mended(place.path, DamagedPages::Mended);
        CHECK(refused.read(0, 100) == SQLITE_OK);
        CHECK(refused.read(0, kPage) == SQLITE_IOERR_DATA);
        REQUIRE(mended.read(0, 100) == SQLITE_OK);
        CHECK(mended.bytes == place.whole.substr(0, 100));
    }
}

TEST_CASE("more than a bit is mended by nobody, and what is cut is damaged") {
    const Place place;
    std::string damaged = place.whole;
    damaged[3 * kPage + 5] = static_cast<char>(damaged[3 * kPage + 5] ^ 3);
    REQUIRE(write_file(place.path, damaged));
    CHECK(Opened(place.path, DamagedPages::Mended).read(3 * kPage, kPage) == SQLITE_IOERR_DATA);
    REQUIRE(write_file(place.path, place.whole.substr(0, 3 * kPage + 1000)));
    CHECK(Opened(place.path, DamagedPages::Refused).read(3 * kPage, 500) == SQLITE_IOERR_DATA);
    CHECK(Opened(place.path, DamagedPages::Refused).read(3 * kPage, kPage) == SQLITE_IOERR_SHORT_READ);
}

TEST_CASE("nobody is told that parts of pages may be read past the sums") {
    const Place place;
    Opened opened(place.path, DamagedPages::Refused);
    constexpr int kSubpageRead = 0x8000;
    CHECK((opened.file->pMethods->xDeviceCharacteristics(opened.file) & kSubpageRead) == 0);
    CHECK(opened.file->pMethods->iVersion == 2);
}
