#include "runtime/context/digest_cache.h"

#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <thread>
#include <vector>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

FileIdentity identity(std::uint64_t inode, std::int64_t seconds = 1000) { return {7, inode, 42, {seconds, 5}, {seconds, 6}}; }

constexpr Timestamp kLater{2000, 0};

KnownContent content(std::string_view bytes, std::map<std::string, std::string> xattrs = {}) { return {sha256(bytes), std::move(xattrs)}; }

void save_one(const std::string& path, std::uint64_t inode, std::string_view bytes) {
    DigestCache cache(path);
    cache.insert(identity(inode), kLater, content(bytes));
    REQUIRE(cache.save());
}

}  // namespace

TEST_CASE("what was inserted is found again, also after a save") {
    const tests::TemporaryDirectory folder;
    {
        DigestCache cache(folder / "stat-cache");
        cache.insert(identity(1), kLater, content("one"));
        cache.insert(identity(2), kLater, content("two", {{"security.capability", std::string("\0\1", 2)}, {"user.x", ""}}));
        CHECK(cache.find(identity(1))->digest == sha256("one"));
        REQUIRE(cache.save());
    }
    DigestCache cache(folder / "stat-cache");
    CHECK(cache.size() == 2);
    CHECK(cache.find(identity(1))->xattrs.empty());
    CHECK(cache.find(identity(2))->digest == sha256("two"));
    CHECK(cache.find(identity(2))->xattrs ==
          std::map<std::string, std::string>{{"security.capability", std::string("\0\1", 2)}, {"user.x", ""}});
    CHECK_FALSE(cache.find(identity(3)));
}

TEST_CASE("every field of the stat counts") {
    DigestCache cache("");
    cache.insert(identity(1), kLater, content("one"));
    for (int field = 0; field < 7; ++field) {
        FileIdentity other = identity(1);
        if (field == 0) ++other.device;
        if (field == 1) ++other.inode;
        if (field == 2) ++other.size;
        if (field == 3) ++other.mtime.seconds;
        if (field == 4) ++other.mtime.nanoseconds;
        if (field == 5) ++other.ctime.seconds;
        if (field == 6) ++other.ctime.nanoseconds;
        CAPTURE(field);
        CHECK_FALSE(cache.find(other));
    }
    CHECK(cache.find(identity(1)));
    cache.insert(identity(1, 1500), kLater, content("new"));
    CHECK_FALSE(cache.find(identity(1)));
    CHECK(cache.find(identity(1, 1500))->digest == sha256("new"));
    CHECK(cache.size() == 1);
}

TEST_CASE("a file that changed in the tick of its reading is not kept") {
    DigestCache cache("");
    const auto keeps = [&](Timestamp mtime, Timestamp ctime, Timestamp began) {
        static std::uint64_t inode = 100;
        const FileIdentity file{7, ++inode, 42, mtime, ctime};
        cache.insert(file, began, content("x"));
        return cache.find(file).has_value();
    };
    CHECK(keeps({10, 1}, {10, 1}, {10, 2}));
    CHECK_FALSE(keeps({10, 1}, {10, 2}, {10, 2}));
    CHECK_FALSE(keeps({10, 2}, {10, 1}, {10, 2}));
    CHECK_FALSE(keeps({10, 3}, {10, 1}, {10, 2}));  // from the future
    CHECK_FALSE(keeps({10, 0}, {10, 0}, {11, 5}));  // whole seconds: another write may have the same time
    CHECK_FALSE(keeps({10, 0}, {10, 0}, {12, 5}));
    CHECK(keeps({10, 0}, {10, 0}, {13, 0}));
}

TEST_CASE("a damaged file is as good as none and is replaced") {
    const tests::TemporaryDirectory folder;
    const std::string path = folder / "stat-cache";
    save_one(path, 1, "one");
    const std::string whole = read_file(path).value();
    CHECK(whole.size() == 32 + 88 + 8);
    for (std::size_t length = 0; length < whole.size(); ++length) {
        REQUIRE(write_file(path, whole.substr(0, length), 0644, Durability::Cached));
        CHECK(DigestCache(path).size() == 0);
    }
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
        REQUIRE(write_file(path, damaged, 0644, Durability::Cached));
        CHECK(DigestCache(path).size() == 0);
    }
    save_one(path, 2, "two");
    CHECK(DigestCache(path).size() == 1);
}

TEST_CASE("the file is written only if something is new") {
    const tests::TemporaryDirectory folder;
    const std::string path = folder / "stat-cache";
    DigestCache cache(path);
    REQUIRE(cache.save());
    CHECK_FALSE(path_exists(path));
    cache.insert(identity(1), kLater, content("one"));
    REQUIRE(cache.save());
    CHECK(path_exists(path));
    REQUIRE(remove_tree(path));
    CHECK(cache.find(identity(1)));
    REQUIRE(cache.save());
    CHECK_FALSE(path_exists(path));
    CHECK_FALSE(DigestCache(folder / "missing/stat-cache").find(identity(1)));
}

TEST_CASE("writers at the same time keep what the other found, the last wins") {
    const tests::TemporaryDirectory folder;
    const std::string path = folder / "stat-cache";
    save_one(path, 1, "old");
    DigestCache first(path), second(path);
    first.insert(identity(2), kLater, content("first"));
    first.insert(identity(1, 1100), kLater, content("changed"));
    second.insert(identity(3), kLater, content("second", {{"user.a", "b"}}));
    second.insert(identity(2, 1200), kLater, content("later"));
    REQUIRE(first.save());
    REQUIRE(second.save());
    DigestCache merged(path);
    CHECK(merged.size() == 3);
    CHECK(merged.find(identity(1, 1100))->digest == sha256("changed"));
    CHECK(merged.find(identity(2, 1200))->digest == sha256("later"));
    CHECK(merged.find(identity(3))->xattrs == std::map<std::string, std::string>{{"user.a", "b"}});
}

TEST_CASE("beyond the bound, what was not seen for the longest goes") {
    const tests::TemporaryDirectory folder;
    const std::string path = folder / "stat-cache";
    const auto visit = [&](std::uint64_t known, std::uint64_t added) {
        DigestCache cache(path, 3);
        if (known != 0) CHECK(cache.find(identity(known)));
        cache.insert(identity(added), kLater, content("x"));
        REQUIRE(cache.save());
    };
    visit(0, 1);
    visit(0, 2);
    visit(1, 3);  // 1 is seen again
    visit(0, 4);
    DigestCache cache(path, 3);
    CHECK(cache.size() == 3);
    CHECK_FALSE(cache.find(identity(2)));
    CHECK(cache.find(identity(1)));
    CHECK(cache.find(identity(4)));
}

TEST_CASE("many entries from many threads") {
    const tests::TemporaryDirectory folder;
    DigestCache cache(folder / "stat-cache");
    std::vector<std::thread> threads;
    for (std::uint64_t t = 0; t < 4; ++t) {
        threads.emplace_back([&cache, t] {
            for (std::uint64_t i = 0; i < 500; ++i) {
                cache.insert(identity(t * 1000 + i), kLater, content(std::to_string(t * 1000 + i)));
                cache.find(identity(i));
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    REQUIRE(cache.save());
    DigestCache again(folder / "stat-cache");
    CHECK(again.size() == 2000);
    CHECK(again.find(identity(3499))->digest == sha256("3499"));
}
