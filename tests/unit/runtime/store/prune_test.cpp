// Removing from a store, which something may interrupt.
#include "runtime/store/prune.h"

#include "plans/base/format.h"
#include "runtime/sys/file.h"
#include "runtime/sys/stop.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

using namespace mabplan;
using namespace mabplan::runtime;
using mabplan::tests::TemporaryDirectory;

namespace {

constexpr int kFiles = 200;

// A folder of the store with so many files that removing it takes a while.
void make_item(const std::string& folder) {
    for (int file = 0; file < kFiles; ++file) {
        const std::string path = format("{}/fs/{}", folder, file % 7);
        REQUIRE(make_directories(path));
        REQUIRE(write_file(format("{}/{}", path, file), "x", 0644, Durability::Cached));
    }
    REQUIRE(write_file(folder + "/lock", "", 0644, Durability::Cached));
}

std::size_t files_in(const std::string& folder) {
    std::size_t files = 0;
    const std::vector<std::string> names = list_names(folder + "/fs").value();
    for (const std::string& name : names) files += list_names(format("{}/fs/{}", folder, name)).value().size();
    return files;
}

struct Place {
    TemporaryDirectory folder;
    std::string root = folder / "store";
    std::string snapshot = root + "/snapshots/" + Digest::of("snapshot").hex();
    std::string cache = root + "/cache-mounts/" + Digest::of("cache").hex() + "/0";

    std::vector<std::string> left_in_tmp() const { return list_names(root + "/tmp").value(); }
};

[[noreturn]] void prune_all(const std::string& root) {
    auto store = Store::open(root);
    const bool done = store && (*store)->lock_for_removal().value_or(false) && prune_store(**store, {});
    ::_exit(done ? 0 : 1);
}

}  // namespace

TEST_CASE("whenever pruning is killed, each item is whole or absent, and the rest is swept") {
    std::mt19937 random(1);
    std::uniform_int_distribution<unsigned> microseconds(1000, 30'000);
    int absent = 0, killed = 0;
    for (int round = 0; round < 20; ++round) {
        const Place place;
        REQUIRE(Store::open(place.root));
        make_item(place.snapshot);
        make_item(place.cache);
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) prune_all(place.root);
        ::usleep(microseconds(random));
        ::kill(child, SIGKILL);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        killed += WIFSIGNALED(status) ? 1 : 0;
        for (const std::string& item : {place.snapshot, place.cache}) {
            if (path_exists(item)) CHECK(files_in(item) == kFiles);
            else ++absent;
        }
        const auto store = Store::open(place.root).value();
        REQUIRE(store->sweep());
        CHECK(place.left_in_tmp().size() == 2);  // this process's own scratch folder, and its lock
    }
    CHECK(killed > 0);
    CHECK(absent > 0);
}

TEST_CASE("pruning stops between items when it is asked to, and says what is gone") {
    const Place place;
    const auto store = Store::open(place.root).value();
    make_item(place.snapshot);
    Stop stop;
    stop.interrupt();
    const PruneReport none = prune_store(*store, {}, &stop).value();
    CHECK(none.interrupted);
    CHECK(none.items == 0);
    CHECK(files_in(place.snapshot) == kFiles);
    const Stop no_stop;
    const PruneReport all = prune_store(*store, {}, &no_stop).value();
    CHECK_FALSE(all.interrupted);
    CHECK(all.items == 1);
    CHECK(all.bytes > 0);
    CHECK_FALSE(path_exists(place.snapshot));
}

namespace {

// Blobs of 4 KiB, each last used at its time by the records.
struct UsedBlobs {
    UsedBlobs() {
        for (const std::int64_t used : {100, 200, 300}) {
            const std::string bytes(4096, static_cast<char>('a' + used / 100));
            const Digest digest = Digest::of(bytes);
            REQUIRE(store->blobs().put(digest, bytes));
            const ResultKey key{Digest::of(format("key {}", used)), KeyKind::Content, {}, [] { return Explanation{}; }};
            REQUIRE(store->records().put(key, {digest, 4096, 0, {}}));
            digests.push_back(digest);
            keys.push_back(key);
            Database records = Database::open(place.root + "/records.sqlite").value();
            REQUIRE(records.execute(format("UPDATE results SET used = {} WHERE key = '{}';", used, key.digest.text())));
        }
    }
    std::vector<bool> left() const { return store->blobs().has(digests).value(); }

    Place place;
    std::unique_ptr<Store> store = Store::open(place.root).value();
    std::vector<Digest> digests;
    std::vector<ResultKey> keys;
};

}  // namespace

TEST_CASE("what is stored is listed by its last use, and measured") {
    UsedBlobs world;
    make_item(world.place.cache);
    const StoreUsage usage = measure_store(*world.store).value();
    REQUIRE(usage.items.size() == 4);
    for (std::size_t i = 0; i < 3; ++i) CHECK(usage.items[i].digest == world.digests[i]);
    CHECK(usage.items[0].used == 100);
    CHECK(usage.blob_bytes >= std::uint64_t{3} * 4096);
    CHECK(usage.items[3].kind == ItemKind::CacheMount);
    CHECK(usage.cache_mount_bytes == usage.items[3].bytes);
    CHECK(usage.total() == usage.blob_bytes + usage.snapshot_bytes + usage.cache_mount_bytes + usage.record_bytes);
    CHECK(list_cache_mounts(*world.store).value().size() == 1);
}

TEST_CASE("what was used last stays longest, and with a blob goes what is known of it") {
    UsedBlobs world;
    const StoreUsage usage = measure_store(*world.store).value();
    const PruneReport report = prune_store(*world.store, {usage.total() - 1, {}}).value();
    CHECK(report.items == 1);
    CHECK(report.bytes == usage.items[0].bytes);
    CHECK(world.left() == std::vector<bool>{false, true, true});
    CHECK_FALSE(world.store->records().find(world.keys[0]).value());
    CHECK(world.store->records().find(world.keys[1]).value());
}

TEST_CASE("only what was not used since a time goes; both limits have to ask for it") {
    UsedBlobs world;
    CHECK(prune_store(*world.store, {{}, 50}).value().items == 0);
    CHECK(prune_store(*world.store, {std::uint64_t{1} << 40U, 1000}).value().items == 0);
    CHECK(prune_store(*world.store, {{}, 201}).value().items == 2);
    CHECK(world.left() == std::vector<bool>{false, false, true});
}
