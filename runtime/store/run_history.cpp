#include "runtime/store/run_history.h"

#include "plans/base/format.h"
#include "plans/base/rfc3339.h"
#include "runtime/store/waited_lock.h"
#include "runtime/sys/file.h"
#include "runtime/sys/file_lock.h"
#include "runtime/sys/system_error.h"
#include "runtime/sys/temporary.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace mabplan::runtime {

namespace {

// "20261201T093000.125Z": runs of one second are in order as well.
std::string compact_time(const timespec& time) {
    std::string text = format_rfc3339(time.tv_sec);
    std::erase_if(text, [](char each) { return each == '-' || each == ':' || each == 'Z'; });
    return format("{}.{:03}Z", text, time.tv_nsec / 1'000'000);
}

}  // namespace

Result<RunHistory::Log> RunHistory::begin(const timespec& now, const HistoryLimits& limits) const {
    MABPLAN_CHECK(make_directories(folder_, 0700));
    MABPLAN_CHECK(forget_oldest(limits));
    for (;;) {
        MABPLAN_TRY(fresh, make_fresh_file(folder_, compact_time(now)));
        // who looks whether it is locked lets go at once; somebody may have taken it for one that has ended
        MABPLAN_CHECK(hold_lock(fresh.file, LOCK_EX, fresh.path));
        MABPLAN_TRY(is_there, is_still_there(fresh.file, fresh.path));
        if (is_there) return Log{fresh.path.substr(folder_.size() + 1), std::move(fresh.file)};
    }
}

// Room is made for one more. The last one stays, however large it is.
Status RunHistory::forget_oldest(const HistoryLimits& limits) const {
    MABPLAN_TRY(names, list_names(folder_));
    std::sort(names.rbegin(), names.rend());
    std::size_t kept = 0;
    std::uint64_t bytes = 0;
    for (const std::string& name : names) {
        struct stat facts {};
        if (::lstat(path(name).c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) continue;
        const auto size = static_cast<std::uint64_t>(facts.st_size);
        const bool goes = kept > 0 && (kept + 2 > limits.runs || bytes + size > limits.bytes);
        if (goes && !is_lock_refused(path(name), LOCK_SH)) {
            ::unlink(path(name).c_str());
            continue;
        }
        ++kept;
        bytes += size;
    }
    return {};
}

Result<std::vector<PastRun>> RunHistory::list() const {
    std::vector<PastRun> runs;
    if (!path_exists(folder_)) return runs;
    MABPLAN_TRY(names, list_names(folder_));
    for (const std::string& name : names) {
        struct stat facts {};
        if (::lstat(path(name).c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) continue;
        runs.push_back({name, static_cast<std::uint64_t>(facts.st_size), is_lock_refused(path(name), LOCK_SH)});
    }
    std::sort(runs.begin(), runs.end(), [](const PastRun& one, const PastRun& other) { return one.id > other.id; });
    return runs;
}

Status RunHistory::remove(const std::string& id) const {
    if (is_lock_refused(path(id), LOCK_SH)) return fail(ErrorKind::Input, format("the run {} goes on", id));
    if (::unlink(path(id).c_str()) != 0 && errno != ENOENT) return system_error(errno, "remove", path(id));
    return {};
}

}  // namespace mabplan::runtime
