#include "runtime/store/cache_folder.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/store/waited_lock.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <string_view>
#include <thread>

namespace mabplan::runtime {

namespace {

constexpr int kLockTries = 4;
constexpr std::chrono::milliseconds kBetweenTries{3};

Result<Fd> open_lock(const std::string& path) { return open_file(path, O_RDWR | O_CREAT, 0600); }

struct Instance {
    std::string folder;
    Fd lock;
};

// Who only looks whether it is used has it for less.
Result<bool> try_lock_for_a_moment(const Fd& lock, int operation, const std::string& path) {
    for (int tries = 0;; ++tries) {
        MABPLAN_TRY(locked, try_lock(lock, operation, path));
        if (locked || tries == kLockTries) return locked;
        std::this_thread::sleep_for(kBetweenTries);
    }
}

// One that this user may have now; its folder is made if there is none.
Result<Instance> take_instance(const std::string& folder, const CacheFolderRequest& request) {
    const bool shares = request.sharing == FolderSharing::Shared;
    for (unsigned number = 0;;) {
        std::string instance = format("{}/{}", folder, number);
        MABPLAN_CHECK(make_directories(instance, 0700));
        const std::string path = instance + "/lock";
        auto opened = open_lock(path);
        if (!opened && !path_exists(instance)) continue;  // it was removed between
        MABPLAN_TRY(lock, std::move(opened));
        if (request.sharing == FolderSharing::Locked) {
            MABPLAN_CHECK(wait_for_lock(lock, LOCK_EX, path, {request.waiting, request.stop_fd}));
            MABPLAN_TRY(is_there, is_still_there(lock, path));
            if (is_there) return Instance{std::move(instance), std::move(lock)};
            continue;
        }
        MABPLAN_TRY(locked, try_lock_for_a_moment(lock, shares ? LOCK_SH : LOCK_EX, path));
        if (!locked) {
            ++number;
            continue;
        }
        MABPLAN_TRY(is_there, is_still_there(lock, path));
        if (is_there) return Instance{std::move(instance), std::move(lock)};
    }
}

constexpr std::string_view kReplaced = "replaced-";

// Those that nobody has mounted any more.
Status remove_replaced(const std::string& instance) {
    MABPLAN_TRY(names, list_names(instance));
    for (const std::string& name : names) {
        if (!name.starts_with(kReplaced)) continue;
        const std::string path = instance + "/" + name;
        MABPLAN_TRY(folder, open_file(path, O_RDONLY | O_DIRECTORY));
        MABPLAN_TRY(unused, try_lock(folder, LOCK_EX, path));
        if (unused) MABPLAN_CHECK(remove_tree(path));
    }
    return {};
}

// The folder of the instance, locked for use. Nobody puts it aside now.
Result<Fd> use_folder(const std::string& path) {
    MABPLAN_TRY(folder, open_file(path, O_RDONLY | O_DIRECTORY));
    MABPLAN_TRY(taken, try_lock(folder, LOCK_SH, path));
    if (!taken) return fail(ErrorKind::Internal, format("the cache {} is being removed", quoted(path)));
    return folder;
}

// A rename: who has it mounted keeps it.
Status put_aside(const std::string& instance) {
    unsigned number = 0;
    while (path_exists(format("{}/{}{}", instance, kReplaced, number))) ++number;
    MABPLAN_CHECK(remove_tree(instance + "/seen"));
    return rename_path(instance + "/fs", format("{}/{}{}", instance, kReplaced, number));
}

// Several who share an instance may find it empty: one fills it, the others wait.
Result<Fd> fill_instance(const Instance& taken, const CacheFolderRequest& request) {
    const std::string& instance = taken.folder;
    const std::string current = instance + "/fs";
    const std::string path = instance + "/fill-lock";
    MABPLAN_TRY(lock, open_lock(path));
    MABPLAN_CHECK(wait_for_lock(lock, LOCK_EX, path, {request.waiting, request.stop_fd}));
    if (request.starts_empty && request.starts_empty(instance) && path_exists(current)) MABPLAN_CHECK(put_aside(instance));
    MABPLAN_CHECK(remove_replaced(instance));
    if (!path_exists(current)) {
        const std::string unfinished = instance + "/new";
        MABPLAN_CHECK(remove_tree(unfinished));
        MABPLAN_CHECK(request.fill(unfinished));
        MABPLAN_CHECK(rename_path(unfinished, current));
    }
    return use_folder(current);
}

}  // namespace

Result<CacheFolder> CacheFolder::take(const std::string& store_root, const CacheFolderRequest& request) {
    const std::string folder = format("{}/cache-mounts/{}", store_root, request.key.hex());
    MABPLAN_CHECK(make_directories(folder, 0700));
    if (!path_exists(folder + "/about")) MABPLAN_CHECK(write_file(folder + "/about", request.about + "\n", 0600, Durability::Cached));
    const auto begin = std::chrono::steady_clock::now();
    MABPLAN_TRY(taken, take_instance(folder, request));
    const double waited = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (::futimens(taken.lock.get(), nullptr) != 0) return system_error(errno, "set the time of", taken.folder + "/lock");
    MABPLAN_TRY(use, fill_instance(taken, request));
    return CacheFolder(taken.folder + "/fs", std::move(taken.lock), std::move(use), waited);
}

}  // namespace mabplan::runtime
