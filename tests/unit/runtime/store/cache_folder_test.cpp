// Who may use a folder of a cache mount at the same time, and when it is filled.
#include "runtime/store/cache_folder.h"

#include "runtime/store/waited_lock.h"
#include "runtime/sys/file.h"
#include "runtime/sys/file_lock.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

struct Caches {
    TemporaryDirectory store;
    int fills = 0;

    CacheFolderRequest request(FolderSharing sharing, const std::string& id = "id") {
        CacheFolderRequest request;
        request.key = Digest::of(id);
        request.about = id;
        request.sharing = sharing;
        request.fill = [this](const std::string& folder) {
            ++fills;
            return make_directories(folder);
        };
        return request;
    }
    CacheFolder take(FolderSharing sharing, const std::string& id = "id") {
        auto folder = CacheFolder::take(store.path(), request(sharing, id));
        REQUIRE(folder);
        return *std::move(folder);
    }
};

}  // namespace

TEST_CASE("a folder is filled once and kept") {
    Caches caches;
    const std::string path = caches.take(FolderSharing::Shared).path();
    REQUIRE(write_file(path + "/file", "kept"));
    CHECK(caches.take(FolderSharing::Locked).path() == path);
    CHECK(caches.take(FolderSharing::Private).path() == path);
    CHECK(read_file(path + "/file").value() == "kept");
    CHECK(caches.fills == 1);
    CHECK(caches.take(FolderSharing::Shared, "other").path() != path);
}

TEST_CASE("those who share meet; who wants privacy gets another one") {
    Caches caches;
    const CacheFolder one = caches.take(FolderSharing::Shared), two = caches.take(FolderSharing::Shared);
    CHECK(one.path() == two.path());
    const CacheFolder alone = caches.take(FolderSharing::Private), alone_too = caches.take(FolderSharing::Private);
    CHECK(alone.path() != one.path());
    CHECK(alone_too.path() != alone.path());
}

TEST_CASE("who wants a locked one waits until it is free") {
    Caches caches;
    auto held = std::make_unique<CacheFolder>(caches.take(FolderSharing::Locked));
    const std::string path = held->path();
    std::atomic<bool> released = false;
    std::thread other([&] {
        const auto taken = CacheFolder::take(caches.store.path(), caches.request(FolderSharing::Locked));
        CHECK(released);
        CHECK(taken.value().path() == path);
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    released = true;
    held.reset();
    other.join();
}

TEST_CASE("waiting ends when it is to stop") {
    Caches caches;
    const CacheFolder held = caches.take(FolderSharing::Shared);
    const Fd stop(::eventfd(1, EFD_CLOEXEC));
    CacheFolderRequest request = caches.request(FolderSharing::Locked);
    request.stop_fd = stop.get();
    CHECK(CacheFolder::take(caches.store.path(), request).error().kind == ErrorKind::Interrupted);
}

TEST_CASE("what fails to be filled is not there; what was left half is made anew") {
    Caches caches;
    CacheFolderRequest request = caches.request(FolderSharing::Shared);
    request.fill = [](const std::string& folder) -> Status {
        MABPLAN_CHECK(make_directories(folder + "/half"));
        return fail(ErrorKind::Environment, "no");
    };
    CHECK_FALSE(CacheFolder::take(caches.store.path(), request));
    const CacheFolder whole = caches.take(FolderSharing::Shared);
    CHECK(list_names(whole.path()).value().empty());
}

TEST_CASE("one that starts empty leaves to its users what they have") {
    Caches caches;
    auto used = std::make_unique<CacheFolder>(caches.take(FolderSharing::Shared));
    REQUIRE(write_file(used->path() + "/file", "kept"));
    REQUIRE(write_file(used->path() + "/../seen", "what they saw"));
    const Fd mounted(::open(used->path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    CacheFolderRequest request = caches.request(FolderSharing::Shared);
    std::vector<std::string> asked;
    request.starts_empty = [&](const std::string& instance) {
        asked.push_back(instance);
        return asked.size() == 1;
    };
    {
        const auto empty = CacheFolder::take(caches.store.path(), request);
        REQUIRE(empty);
        CHECK(empty->path() == used->path());
        CHECK(list_names(empty->path()).value().empty());
        CHECK_FALSE(path_exists(empty->path() + "/../seen"));
        REQUIRE(write_file(empty->path() + "/new", "n"));
        CHECK(list_names(CacheFolder::take(caches.store.path(), request)->path()).value() == std::vector<std::string>{"new"});
        CHECK(asked == std::vector<std::string>{asked.front(), asked.front()});
    }
    CHECK(::faccessat(mounted.get(), "file", F_OK, 0) == 0);
    const std::string path = used->path();
    used.reset();
    CHECK(caches.take(FolderSharing::Locked).path() == path);
    CHECK(::faccessat(mounted.get(), "file", F_OK, 0) != 0);  // removed once nobody used it
    CHECK(list_names(path).value() == std::vector<std::string>{"new"});
}

TEST_CASE("who waits for longer than a moment is told, and for how long it was") {
    Caches caches;
    auto held = std::make_unique<CacheFolder>(caches.take(FolderSharing::Locked));
    CHECK(held->waited_seconds() < 1);
    int told = 0;
    std::thread other([&] {
        CacheFolderRequest request = caches.request(FolderSharing::Locked);
        request.waiting = [&] { ++told; };
        CHECK(CacheFolder::take(caches.store.path(), request)->waited_seconds() > 1);
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(1400));
    held.reset();
    other.join();
    CHECK(told == 1);
}

TEST_CASE("whether a lock's file is still there is an error where that can't be seen, for nobody is to wait for it") {
    const TemporaryDirectory folder;
    const std::string path = folder / "lock";
    const Fd lock = lock_file(path, LOCK_EX).value();
    CHECK(is_still_there(lock, path).value());
    CHECK_FALSE(is_still_there(lock, folder / "gone").value());
    REQUIRE(write_file(path, "another"));
    CHECK_FALSE(is_still_there(lock, path).value());
    CHECK(is_still_there(lock, folder / std::string(300, 'x')).error().kind == ErrorKind::Environment);
    CHECK(is_still_there(Fd(), path).error().kind == ErrorKind::Environment);
}
