#include "runtime/store/cache_folder.h"

#include "plans/base/format.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

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

Status wait_for_lock(const Fd& file, int operation, const std::string& path, int stop_fd) {
    for (;;) {
        MABPLAN_TRY(locked, try_lock(file, operation, path));
        if (locked) return {};
        pollfd stop{stop_fd, POLLIN, 0};
        if (::poll(&stop, 1, kPauseMilliseconds) > 0) return fail(ErrorKind::Interrupted, "interrupted");
    }
}

// The lock of an instance that this user may have now; its folder is made if there is none.
Result<std::pair<std::string, Fd>> take_instance(const std::string& folder, const CacheFolderRequest& request) {
    for (unsigned number = 0;; ++number) {
        std::string instance = format("{}/{}", folder, number);
        MABPLAN_CHECK(make_directories(instance, 0700));
        const std::string path = instance + "/lock";
        MABPLAN_TRY(lock, open_lock(path));
        if (request.sharing == FolderSharing::Locked) {
            MABPLAN_CHECK(wait_for_lock(lock, LOCK_EX, path, request.stop_fd));
            return std::pair(std::move(instance), std::move(lock));
        }
        MABPLAN_TRY(locked, try_lock(lock, request.sharing == FolderSharing::Shared ? LOCK_SH : LOCK_EX, path));
        if (locked) return std::pair(std::move(instance), std::move(lock));
    }
}

// Several who share an instance may find it empty: one fills it, the others wait.
Status fill_instance(const std::string& instance, const CacheFolderRequest& request) {
    if (path_exists(instance + "/fs")) return {};
    const std::string path = instance + "/fill-lock";
    MABPLAN_TRY(lock, open_lock(path));
    MABPLAN_CHECK(wait_for_lock(lock, LOCK_EX, path, request.stop_fd));
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
    MABPLAN_TRY(taken, take_instance(folder, request));
    auto& [instance, lock] = taken;
    if (::futimens(lock.get(), nullptr) != 0) return system_error(errno, "set the time of", instance + "/lock");
    MABPLAN_CHECK(fill_instance(instance, request));
    return CacheFolder(instance + "/fs", std::move(lock));
}

}  // namespace mabplan::runtime
