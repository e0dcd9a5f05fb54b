#include "runtime/store/waited_lock.h"

#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>

namespace mabplan::runtime {

namespace {

constexpr int kPauseMilliseconds = 50;  // flock(2) can't be waited for together with anything else
using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kMoment{1000};  // what nobody needs to be told of

}  // namespace

Result<bool> try_lock(const Fd& file, int operation, const std::string& path) {
    while (::flock(file.get(), operation | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return false;
        if (errno != EINTR) return system_error(errno, "lock", path);
    }
    return true;
}

bool is_lock_refused(const std::string& path, int operation) {
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
    return file.valid() && ::flock(file.get(), operation | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

Status wait_for_lock(const Fd& file, int operation, const std::string& path, const LockWaiting& how) {
    const auto begin = Clock::now();
    for (bool told = false;;) {
        MABPLAN_TRY(locked, try_lock(file, operation, path));
        if (locked) return {};
        pollfd stop{how.stop_fd, POLLIN, 0};
        if (::poll(&stop, 1, kPauseMilliseconds) > 0) return fail(ErrorKind::Interrupted, "interrupted");
        if (told || !how.waiting || Clock::now() - begin < kMoment) continue;
        how.waiting();
        told = true;
    }
}

Result<bool> is_still_there(const Fd& lock, const std::string& path) {
    struct stat held {
    }, found{};
    if (::fstat(lock.get(), &held) != 0) return system_error(errno, "look at", path);
    if (::stat(path.c_str(), &found) == 0) return held.st_ino == found.st_ino && held.st_dev == found.st_dev;
    if (errno != ENOENT) return system_error(errno, "look at", path);
    return false;
}

}  // namespace mabplan::runtime
