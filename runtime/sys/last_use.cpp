#include "runtime/sys/last_use.h"

#include "runtime/sys/file_clock.h"
#include "runtime/sys/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <utility>

namespace mabplan::runtime {

std::string uses_lock(const std::string& store_root) { return store_root + "/uses-lock"; }

LastUses::LastUses(std::string lock) : lock_(std::move(lock)), began_(precise_file_time_now()) {}

bool LastUses::note(const std::string& path) const {
    const bool is_noted = noted_.lock()->contains(path);
    struct stat facts {};
    if (is_noted) return ::lstat(path.c_str(), &facts) == 0;
    const auto turn = lock_file(lock_, LOCK_SH);  // without one it is dated all the same: then nobody takes turns here
    timespec now = precise_file_time_now();
    if (std::pair(now.tv_sec, now.tv_nsec) < std::pair(began_.tv_sec, began_.tv_nsec)) now = began_;
    const std::array<timespec, 2> times{now, now};
    const bool is_there = ::utimensat(AT_FDCWD, path.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
    if (is_there) noted_.lock()->insert(path);
    return is_there;
}

std::int64_t last_use(const std::string& path) {
    struct stat facts {};
    if (::lstat(path.c_str(), &facts) != 0) return 0;
    return nanoseconds_of(facts.st_mtim);
}

Status while_nobody_notes(const std::string& lock, const std::function<Status()>& work) {
    MABPLAN_TRY(turn, lock_file(lock, LOCK_EX));
    return work();
}

}  // namespace mabplan::runtime
