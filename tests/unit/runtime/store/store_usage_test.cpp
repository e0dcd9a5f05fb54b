// How much the store holds, keeping it to a budget, and whose store it may be.
#include "runtime/store/store_usage.h"

#include "plans/base/format.h"
#include "runtime/store/budget.h"
#include "runtime/store/store_owner.h"
#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <thread>

using namespace mabplan;
using namespace mabplan::runtime;
using mabplan::tests::TemporaryDirectory;

namespace {

struct Place {
    TemporaryDirectory folder;
    std::string root = folder / "store";
    std::unique_ptr<Store> store = Store::open(root).value();

    // An unpacked layer, or something like it, last used at its time.
    std::string snapshot(const std::string& name, std::int64_t used, std::size_t files = 4) const {
        const std::string path = format("{}/snapshots/{}", root, Digest::of(name).hex());
        REQUIRE(make_directories(path + "/fs"));
        for (std::size_t i = 0; i < files; ++i)
            REQUIRE(write_file(format("{}/fs/{}", path, i), std::string(4096, 'x'), 0644, Durability::Cached));
        date(path, used);
        return path;
    }
    static void date(const std::string& path, std::int64_t used) {
        const std::array<timespec, 2> times{{{used, 0}, {used, 0}}};
        REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times.data(), 0) == 0);
    }
};

// What was made within a tick of the clock that files have counts as used since.
void wait_a_tick() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }

}  // namespace

TEST_CASE("what was noted of a layer when it was unpacked does for the budget, and not for who asks what there is") {
    const Place place;
    REQUIRE(note_use_of_files(place.snapshot("one", 100), {1U << 30U, 5}));
    CHECK(measure_store(*place.store, Sizes::Measured).value().snapshot_bytes < 100'000);
    CHECK(measure_store(*place.store, Sizes::Remembered).value().snapshot_bytes < 100'000);  // it was looked at since
    const Place other;
    REQUIRE(note_use_of_files(other.snapshot("one", 100), {1U << 30U, 5}));
    CHECK(measure_store(*other.store, Sizes::Remembered).value().snapshot_bytes > 1U << 30U);
}

TEST_CASE("all that lies in the store is in the total, as du(1) counts it") {
    const Place place;
    REQUIRE(place.store->blobs().put(Digest::of("a blob"), "a blob"));
    place.snapshot("one", 100);
    REQUIRE(write_file(place.root + "/history", "something else", 0600, Durability::Cached));
    const StoreUsage usage = measure_store(*place.store).value();
    CHECK(usage.total() == disk_use(place.root).bytes);
    CHECK(usage.items.size() == 2);
    CHECK(usage.inodes == 1 + 2 + 4);
    CHECK(disk_use(place.root + "/nothing") == DiskUse{});
}

TEST_CASE("what was measured is remembered as long as it is the same") {
    const Place place;
    const std::string path = place.snapshot("one", 100);
    const std::uint64_t before = measure_store(*place.store).value().snapshot_bytes;
    REQUIRE(write_file(path + "/fs/more", std::string(40960, 'x'), 0644, Durability::Cached));  // as nobody does
    CHECK(measure_store(*place.store, Sizes::Remembered).value().snapshot_bytes == before);
    const std::uint64_t after = measure_store(*place.store).value().snapshot_bytes;
    CHECK(after > before);
    CHECK(measure_store(*place.store, Sizes::Remembered).value().snapshot_bytes == after);
    REQUIRE(remove_tree(path));
    CHECK(measure_store(*place.store, Sizes::Remembered).value().items.empty());
    place.snapshot("one", 100, 1);  // another folder of the same name
    CHECK(measure_store(*place.store, Sizes::Remembered).value().snapshot_bytes < before);
}

TEST_CASE("a budget takes what was not used for longest, by bytes and by files, and nothing that was used since") {
    const Place place;
    const std::string old = place.snapshot("old", 100), newer = place.snapshot("newer", 200), now = place.snapshot("now", 5000);
    wait_a_tick();
    const StoreUsage usage = measure_store(*place.store).value();
    const BudgetReport enough = keep_budget(*place.store, {usage.total(), usage.inodes}, 4000).value();
    CHECK(enough.removed.empty());
    CHECK_FALSE(enough.is_over);
    StoreBudget budget;
    budget.inodes = usage.inodes - 1;
    const BudgetReport files = keep_budget(*place.store, budget, 4000).value();
    REQUIRE(files.removed.size() == 1);
    CHECK(files.removed.front().used == 100);
    CHECK(files.freed > 0);
    CHECK_FALSE(path_exists(old));
    const BudgetReport all = keep_budget(*place.store, {1, StoreBudget{}.inodes}, 4000).value();
    CHECK(all.removed.size() == 1);
    CHECK_FALSE(path_exists(newer));
    CHECK(path_exists(now));
    CHECK(all.is_over);
    CHECK(all.bytes > 1);
}

TEST_CASE("the usual budget is a share of the file system, and has a bound") {
    const Place place;
    const StoreBudget usual = usual_budget(place.root).value();
    CHECK(usual.bytes > 0);
    CHECK(usual.bytes <= 50'000'000'000);
    CHECK(usual.inodes > 0);
    CHECK_FALSE(usual_budget(place.root + "/nothing"));
}

TEST_CASE("a store is on no network file system") {
    CHECK(network_file_system(0x6969) == "NFS");
    CHECK(network_file_system(static_cast<long>(0xFF534D42)) == "CIFS");
    CHECK(network_file_system(static_cast<int>(0xFF534D42)) == "CIFS");  // a type is signed on some machines
    for (const long local : {0xEF53L, 0x01021994L, 0x9123683EL, 0x58465342L, 0x794c7630L, 0x2fc12fc1L})
        CHECK(network_file_system(local).empty());
}

TEST_CASE("a store is its user's, and closed to others") {
    const TemporaryDirectory folder;
    const auto mode_of = [](const std::string& path) {
        struct stat facts {};
        REQUIRE(::stat(path.c_str(), &facts) == 0);
        return facts.st_mode & 07777U;
    };
    const std::string store = folder / "it's a store";
    REQUIRE(make_directories(store, 0700));
    REQUIRE(write_file(store + "/lock", ""));
    for (const mode_t mode : {0755U, 0750U, 0711U}) {
        REQUIRE(::chmod(store.c_str(), mode) == 0);
        CHECK(own_store_folder(store));
        CHECK(mode_of(store) == 0700U);
    }
    for (const mode_t mode : {0777U, 0722U, 0770U}) {
        REQUIRE(::chmod(store.c_str(), mode) == 0);
        const Status refused = own_store_folder(store);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == ErrorKind::Environment);
        CHECK(refused.error().hint.find("it'\\''s a store'") != std::string::npos);
        CHECK(mode_of(store) == mode);
    }
    REQUIRE(::unlink((store + "/lock").c_str()) == 0);
    CHECK(own_store_folder(store));
    CHECK(mode_of(store) == 0700U);
    // other things in it: it stays as it is
    REQUIRE(::chmod(store.c_str(), 0755) == 0);
    REQUIRE(write_file(store + "/other", ""));
    CHECK_FALSE(own_store_folder(store));
    CHECK(mode_of(store) == 0755U);
    if (::geteuid() != 0) CHECK_FALSE(own_store_folder("/"));
    else {
        REQUIRE(::chown(store.c_str(), 4321, 0) == 0);
        const Status refused = own_store_folder(store);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().message.find("belongs to the user 4321, and not to 0") != std::string::npos);
    }
}
