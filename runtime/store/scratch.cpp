#include "runtime/store/scratch.h"

#include "runtime/sys/file.h"
#include "runtime/sys/file_lock.h"
#include "runtime/sys/last_use.h"
#include "runtime/sys/system_error.h"
#include "runtime/sys/temporary.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace mabplan::runtime {

namespace {

constexpr std::string_view kEnding = ".lock";

// False if the file was taken away meanwhile: a lock on it is worth nothing then.
Result<bool> lock_if_there(const Fd& file, const std::string& path) {
    MABPLAN_CHECK(hold_lock(file, LOCK_EX, path));
    struct stat facts {};
    if (::fstat(file.get(), &facts) != 0) return system_error(errno, "lock", path);
    return facts.st_nlink > 0;
}

Status sweep_one(const std::string& folder, const std::string& lock) {
    const Fd file(::open(lock.c_str(), O_RDWR | O_CLOEXEC));
    struct stat facts {};
    if (!file.valid() || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0 || ::fstat(file.get(), &facts) != 0 || facts.st_nlink == 0) return {};
    // the lock goes last: while the folder is there, so is its lock
    MABPLAN_CHECK(remove_tree(folder));
    ::unlink(lock.c_str());
    return {};
}

}  // namespace

Result<Scratch> Scratch::take(const std::string& tmp) {
    for (;;) {
        MABPLAN_TRY(lock, make_fresh_file(tmp, "run", 0600, kEnding));
        // a sweeping process may take the file before it is locked: then it is gone, and another is made
        MABPLAN_TRY(locked, lock_if_there(lock.file, lock.path));
        if (!locked) continue;
        std::string path = lock.path.substr(0, lock.path.size() - kEnding.size());
        if (::mkdir(path.c_str(), 0700) == 0) return Scratch(std::move(path), std::move(lock.file));
        const int why = errno;
        ::unlink(lock.path.c_str());
        if (why != EEXIST) return system_error(why, "make the folder", path);
    }
}

Status Scratch::remove() {
    if (path_.empty()) return {};
    MABPLAN_CHECK(remove_tree(path_));
    ::unlink((path_ + std::string(kEnding)).c_str());
    lock_.reset();
    path_.clear();
    return {};
}

Status sweep_scratch_folders(const std::string& tmp) {
    MABPLAN_TRY(names, list_names(tmp));
    Status done;
    for (const std::string& name : names) {
        if (!name.ends_with(kEnding)) continue;
        const std::string lock = tmp + "/" + name;
        if (auto swept = sweep_one(lock.substr(0, lock.size() - kEnding.size()), lock); !swept && done) done = std::move(swept);
    }
    return done;
}

Result<std::optional<std::int64_t>> oldest_start(const std::string& tmp, const std::string& own) {
    MABPLAN_TRY(names, list_names(tmp));
    std::optional<std::int64_t> oldest;
    for (const std::string& name : names) {
        const std::string path = tmp + "/" + name;
        if (!name.ends_with(kEnding) || path == own + std::string(kEnding)) continue;
        const Fd file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
        if (!file.valid() && errno != ENOENT) return system_error(errno, "open", path);
        const bool lives = file.valid() && ::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
        if (!lives) continue;
        const std::int64_t began = last_use(path);
        oldest = std::min(oldest.value_or(began), began);
    }
    return oldest;
}

bool is_scratch(const std::string& tmp, const std::string& name) {
    return name.ends_with(kEnding) || path_exists(tmp + "/" + name + std::string(kEnding));
}

}  // namespace mabplan::runtime
