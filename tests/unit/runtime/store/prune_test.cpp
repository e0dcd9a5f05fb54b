// Removing from a store, which something may interrupt.
#include "runtime/store/prune.h"

#include "plans/base/format.h"
#include "runtime/sys/file.h"
#include "runtime/sys/stop.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <functional>
#include <random>
#include <thread>

using namespace mabplan;
using namespace mabplan::runtime;
using mabplan::tests::TemporaryDirectory;

namespace {

// What was made or found within a tick of the clock that files have counts as found since.
Result<PruneReport> prune(Store& store, const PruneLimits& limits, const Stop* stop = nullptr) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return prune_store(store, limits, stop);
}

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
    const bool done = store && prune(**store, {});
    ::_exit(done ? 0 : 1);
}

}  // namespace

TEST_CASE("whenever pruning is killed, each item is whole or absent, and the rest is swept") {
    std::mt19937 random(1);
    std::uniform_int_distribution<unsigned> microseconds(1000, 60'000);
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
    const PruneReport none = prune(*store, {}, &stop).value();
    CHECK(none.interrupted);
    CHECK(none.items == 0);
    CHECK(files_in(place.snapshot) == kFiles);
    const Stop no_stop;
    const PruneReport all = prune(*store, {}, &no_stop).value();
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
            const std::array<timespec, 2> times{timespec{used, 0}, timespec{used, 0}};
            REQUIRE(::utimensat(AT_FDCWD, store->blobs().path(digest).c_str(), times.data(), 0) == 0);
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
    CHECK(usage.total() == usage.blob_bytes + usage.snapshot_bytes + usage.cache_mount_bytes + usage.record_bytes + usage.other_bytes);
    CHECK(list_cache_mounts(*world.store).value().size() == 1);
}

TEST_CASE("what was used last stays longest, and with a blob goes what is known of it") {
    UsedBlobs world;
    const StoreUsage usage = measure_store(*world.store).value();
    const PruneReport report = prune(*world.store, {usage.total() - 1, {}}).value();
    CHECK(report.items == 1);
    CHECK(report.bytes == usage.items[0].bytes);
    CHECK(world.left() == std::vector<bool>{false, true, true});
    CHECK_FALSE(world.store->records().find(world.keys[0]).value());
    CHECK(world.store->records().find(world.keys[1]).value());
}

TEST_CASE("only what was not used since a time goes; both limits have to ask for it") {
    UsedBlobs world;
    CHECK(prune(*world.store, {{}, 50}).value().items == 0);
    CHECK(prune(*world.store, {std::uint64_t{1} << 40U, 1000}).value().items == 0);
    CHECK(prune(*world.store, {{}, 201}).value().items == 2);
    CHECK(world.left() == std::vector<bool>{false, false, true});
}

namespace {

// Another process that has the store open, does something with it, and lives until this goes.
class Other {
public:
    Other(const std::string& root, const std::function<void(Store&)>& work) {
        REQUIRE(::pipe(ready_.data()) == 0);
        REQUIRE(::pipe(end_.data()) == 0);
        child_ = ::fork();
        REQUIRE(child_ >= 0);
        if (child_ == 0) {
            ::close(end_[1]);
            const auto store = Store::open(root);
            if (store) work(**store);
            char byte = 0;
            ::_exit(::write(ready_[1], &byte, 1) == 1 && ::read(end_[0], &byte, 1) == 0 ? 0 : 1);
        }
        char byte = 0;
        REQUIRE(::read(ready_[0], &byte, 1) == 1);
    }
    ~Other() {
        ::close(end_[1]);
        ::waitpid(child_, nullptr, 0);
        for (const int end : {ready_[0], ready_[1], end_[0]}) ::close(end);
    }
    Other(const Other&) = delete;
    Other& operator=(const Other&) = delete;

private:
    std::array<int, 2> ready_{}, end_{};
    pid_t child_ = -1;
};

}  // namespace

TEST_CASE("beside others everything goes that none of them has found or made since it began") {
    UsedBlobs world;
    const std::string made(4096, 'm');
    {
        const Other other(world.place.root, [&](Store& store) {
            static_cast<void>(store.blobs().size(world.digests[1]));
            static_cast<void>(store.blobs().put(Digest::of(made), made));
        });
        const PruneReport report = prune(*world.store, {}).value();
        CHECK(report.items == 2);
        CHECK(report.in_use == 2);
        CHECK(world.left() == std::vector<bool>{false, true, false});
        CHECK(world.store->records().find(world.keys[1]).value());
        CHECK_FALSE(world.store->records().find(world.keys[0]).value());
        CHECK(world.store->blobs().size(Digest::of(made)));
    }
    CHECK(prune(*world.store, {}).value().items == 2);
    CHECK(world.left() == std::vector<bool>{false, false, false});
}

TEST_CASE("a cache mount that somebody has locked stays, and who waited for one that went has a new one") {
    const Place place;
    const auto store = Store::open(place.root).value();
    make_item(place.cache);
    {
        const Fd lock(::open((place.cache + "/lock").c_str(), O_RDWR | O_CLOEXEC));
        REQUIRE(::flock(lock.get(), LOCK_SH) == 0);
        CHECK(prune(*store, {}).value().in_use == 1);
        CHECK(files_in(place.cache) == kFiles);
    }
    CHECK(prune(*store, {}).value().items == 1);
    CHECK_FALSE(path_exists(place.cache));
}

TEST_CASE("results stay as long as a form of their layer does") {
    UsedBlobs world;
    const std::string snapshot = world.store->snapshots() + "/" + world.digests[0].hex();
    make_item(snapshot);
    const std::array<timespec, 2> new_times{timespec{5000, 0}, timespec{5000, 0}};
    REQUIRE(::utimensat(AT_FDCWD, snapshot.c_str(), new_times.data(), 0) == 0);
    CHECK(prune(*world.store, {{}, 150}).value().items == 1);
    CHECK(world.left()[0] == false);
    CHECK(world.store->records().find(world.keys[0]).value());
    CHECK(prune(*world.store, {{}, 100'000'000'000}).value().items >= 1);
    CHECK_FALSE(path_exists(snapshot));
    CHECK_FALSE(world.store->records().find(world.keys[0]).value());
}

TEST_CASE("kinds, free space and a dry run") {
    UsedBlobs world;
    make_item(world.place.cache);
    PruneLimits mounts{.kinds = std::set<ItemKind>{ItemKind::CacheMount}};
    mounts.dry_run = true;
    CHECK(prune(*world.store, mounts).value().items == 1);
    CHECK(path_exists(world.place.cache));
    mounts.dry_run = false;
    CHECK(prune(*world.store, mounts).value().items == 1);
    CHECK_FALSE(path_exists(world.place.cache));
    CHECK(prune(*world.store, {.min_free = 1}).value().items == 0);
    CHECK(prune(*world.store, {.min_free = ~std::uint64_t{0}}).value().items == 3);
}

TEST_CASE("names of images within limits go with what they stand for") {
    UsedBlobs world;
    for (const std::size_t i : {0U, 2U})
        REQUIRE(world.store->records().put_image(format("docker.io/library/app:{}", i), {"type", world.digests[i], 4096, {}, {}}));
    CHECK(prune(*world.store, {.unused_since = 150}).value().items == 0);
    PruneLimits named{.unused_since = 150};
    named.named_too = true;
    CHECK(prune(*world.store, named).value().items == 1);
    const std::vector<NamedImage> left = world.store->records().images().value();
    REQUIRE(left.size() == 1);
    CHECK(left[0].root.digest == world.digests[2]);
}
