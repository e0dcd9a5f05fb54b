// What processes that share a store do to each other: nothing.
#include "runtime/store/store.h"

#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>
#include <vector>

using namespace mabplan;
using namespace mabplan::runtime;
using mabplan::tests::TemporaryDirectory;

namespace {

struct Place {
    TemporaryDirectory folder;
    std::string root = folder / "store";

    std::vector<std::string> left_in_tmp() const { return list_names(root + "/tmp").value(); }
};

}  // namespace

TEST_CASE("sweeping takes what the dead left, and nothing of the living") {
    const Place place;
    const auto living = Store::open(place.root).value();
    REQUIRE(write_file(living->scratch() + "/mine", "x"));
    REQUIRE(make_directories(place.root + "/tmp/removed-abc/fs"));
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const auto dying = Store::open(place.root);
        static_cast<void>(write_file(dying.value()->scratch() + "/gone", "x"));
        ::_exit(0);  // without removing anything
    }
    REQUIRE(::waitpid(child, nullptr, 0) == child);
    CHECK(place.left_in_tmp().size() == 5);
    {
        const auto other = Store::open(place.root).value();
        REQUIRE(other->sweep());
        CHECK(read_file(living->scratch() + "/mine").value() == "x");
        // what was put aside may be in use by the one who lives
        CHECK(is_directory(place.root + "/tmp/removed-abc/fs"));
    }
    CHECK(place.left_in_tmp().size() == 3);
    REQUIRE(living->sweep());
    CHECK(place.left_in_tmp().size() == 2);
    CHECK(read_file(living->scratch() + "/mine").value() == "x");
}

TEST_CASE("of several who find the records damaged one makes new ones, for all") {
    for (int round = 0; round < 5; ++round) {
        const Place place;
        REQUIRE(Store::open(place.root));
        REQUIRE(write_file(place.root + "/records.sqlite", std::string(20'000, 'x')));
        constexpr std::size_t kUsers = 6;
        std::vector<std::unique_ptr<Store>> stores(kUsers);
        std::vector<std::thread> threads;
        for (auto& store : stores)
            threads.emplace_back([&] {
                auto opened = Store::open(place.root);
                if (opened) store = std::move(*opened);
            });
        for (std::thread& thread : threads) thread.join();
        for (std::size_t user = 0; user < kUsers; ++user) {
            REQUIRE(stores[user]);
            REQUIRE(stores[user]->records().put_remote(std::to_string(user), {"value", {}, {}}));
        }
        for (std::size_t user = 0; user < kUsers; ++user) CHECK(stores[0]->records().find_remote(std::to_string(user)).value());
        CHECK(path_exists(place.root + "/records.sqlite.damaged"));
    }
}
