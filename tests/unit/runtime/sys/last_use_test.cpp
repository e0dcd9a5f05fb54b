#include "runtime/sys/last_use.h"

#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <thread>

using namespace mabplan;
using namespace mabplan::runtime;
using mabplan::tests::TemporaryDirectory;

TEST_CASE("who finds something dates it, once; what is not there is not found") {
    const TemporaryDirectory folder;
    REQUIRE(write_file(folder / "one", "1"));
    const std::array<timespec, 2> old{timespec{1000, 0}, timespec{1000, 0}};
    REQUIRE(::utimensat(AT_FDCWD, (folder / "one").c_str(), old.data(), 0) == 0);
    CHECK(last_use(folder / "one") == 1'000'000'000'000);
    const LastUses uses(folder / "lock");
    CHECK(uses.note(folder / "one"));
    CHECK(last_use(folder / "one") > 1'000'000'000'000'000'000);
    REQUIRE(::utimensat(AT_FDCWD, (folder / "one").c_str(), old.data(), 0) == 0);
    CHECK(uses.note(folder / "one"));
    CHECK(last_use(folder / "one") == 1'000'000'000'000);
    CHECK_FALSE(uses.note(folder / "two"));
    CHECK(last_use(folder / "two") == 0);
    REQUIRE(remove_tree(folder / "one"));
    CHECK_FALSE(uses.note(folder / "one"));
}

TEST_CASE("nothing is noted while somebody takes something away") {
    const TemporaryDirectory folder;
    REQUIRE(write_file(folder / "one", "1"));
    const LastUses uses(folder / "lock");
    std::atomic<bool> found{true};
    std::thread finder;
    REQUIRE(while_nobody_notes(folder / "lock", [&]() -> Status {
        finder = std::thread([&] { found = uses.note(folder / "one"); });
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        return remove_tree(folder / "one");
    }));
    finder.join();
    CHECK_FALSE(found);
}
