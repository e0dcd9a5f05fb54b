#include "runtime/store/cache_folder.h"

#include "plans/base/format.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <string_view>

namespace mabplan::runtime {

namespace {

constexpr int kPauseMilliseconds = 50;  // flock(2) can't be waited for together with anything else

Result<Fd> open_lock(const std::string& path) { return open_file(path, O_RDWR | O_CREAT, 0600); }

Result<bool> try_lock(const Fd& file, int operation, const std::string& path) {
    while (::flock(file.get(), operation | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return false;
        if (errno != EINTR) return system_error(errno, "lock", path);
    }
    return true;
}

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kMoment{1000};  // what nobody needs to be told of

Status wait_for_lock(const Fd& file, int operation, const std::string& path, const CacheFolderRequest& request) {
    const auto begin = Clock::now();
    for (bool told = false;;) {
        MABPLAN_TRY(locked, try_lock(file, operation, path));
        if (locked) return {};
        pollfd stop{request.stop_fd, POLLIN, 0};
        if (::poll(&stop, 1, kPauseMilliseconds) > 0) return fail(ErrorKind::Interrupted, "interrupted");
        if (told || !request.waiting || Clock::now() - begin < kMoment) continue;
        request.waiting();
        told = true;
    }
}

struct Instance {
    std::string folder;
    Fd lock;
    bool alone = false;  // nobody else can use it now
};

// One that this user may have now; its folder is made if there is none.
Result<Instance> take_instance(const std::string& folder, const CacheFolderRequest& request) {
    const bool shares = request.sharing == FolderSharing::Shared;
    for (unsigned number = 0;; ++number) {
        std::string instance = format("{}/{}", folder, number);
        MABPLAN_CHECK(make_directories(instance, 0700));
        const std::string path = instance + "/lock";
        MABPLAN_TRY(lock, open_lock(path));
        if (request.sharing == FolderSharing::Locked) {
            MABPLAN_CHECK(wait_for_lock(lock, LOCK_EX, path, request));
            return Instance{std::move(instance), std::move(lock), true};
        }
        MABPLAN_TRY(locked, try_lock(lock, shares ? LOCK_SH : LOCK_EX, path));
        if (locked) return Instance{std::move(instance), std::move(lock), !shares};
    }
}

constexpr std::string_view kReplaced = "replaced-";

Status remove_replaced(const std::string& instance) {
    MABPLAN_TRY(names, list_names(instance));
    for (const std::string& name : names)
        if (name.starts_with(kReplaced)) MABPLAN_CHECK(remove_tree(instance + "/" + name));
    return {};
}

// A rename: who has it mounted keeps it.
Status put_aside(const std::string& instance) {
    unsigned number = 0;
    while (path_exists(format("{}/{}{}", instance, kReplaced, number))) ++number;
    MABPLAN_CHECK(remove_tree(instance + "/seen"));
    return rename_path(instance + "/fs", format("{}/{}{}", instance, kReplaced, number));
}

// Several who share an instance may find it empty: one fills it, the others wait.
Status fill_instance(const Instance& taken, const CacheFolderRequest& request) {
    const std::string& instance = taken.folder;
    if (!request.starts_empty && !taken.alone && path_exists(instance + "/fs")) return {};
    const std::string path = instance + "/fill-lock";
    MABPLAN_TRY(lock, open_lock(path));
    MABPLAN_CHECK(wait_for_lock(lock, LOCK_EX, path, request));
    if (request.starts_empty && request.starts_empty(instance) && path_exists(instance + "/fs")) MABPLAN_CHECK(put_aside(instance));
    if (taken.alone) MABPLAN_CHECK(remove_replaced(instance));
    if (path_exists(instance + "/fs")) return {};
    const std::string unfinished = instance + "/new";
    MABPLAN_CHECK(remove_tree(unfinished));
    MABPLAN_CHECK(request.fill(unfinished));
    return rename_path(unfinished, instance + "/fs");
}

}  // namespace

Result<CacheFolder> CacheFolder::take(const std::string& store_root, const CacheFolderRequest& request) {
    const std::string folder = format("{}/cache-mounts/{}", store_root, request.key.hex());
    MABPLAN_CHECK(make_directories(folder, 0700));
    if (!path_exists(folder + "/about")) MABPLAN_CHECK(write_file(folder + "/about", request.about + "\n", 0600, Durability::Cached));
    const auto begin = Clock::now();
    MABPLAN_TRY(taken, take_instance(folder, request));
    const double waited = std::chrono::duration<double>(Clock::now() - begin).count();
    if (::futimens(taken.lock.get(), nullptr) != 0) return system_error(errno, "set the time of", taken.folder + "/lock");
    MABPLAN_CHECK(fill_instance(taken, request));
    return CacheFolder(taken.folder + "/fs", std::move(taken.lock), waited);
}

}  // namespace mabplan::runtime
