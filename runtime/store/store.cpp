#include "runtime/store/store.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/store/store_owner.h"
#include "runtime/store/waited_lock.h"
#include "runtime/sys/file.h"
#include "runtime/sys/file_clock.h"
#include "runtime/sys/file_lock.h"
#include "runtime/sys/last_use.h"
#include "runtime/sys/system_error.h"
#include "runtime/sys/temporary.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <vector>

namespace mabplan::runtime {

namespace {

Error explain(Error error) {
    if (error.kind != ErrorKind::Verify && error.hint.empty())
        error.hint = "the store must be a folder that can be written: point MABPLAN_CACHE_DIR at one";
    return std::move(error).with_context("opening the store");
}

}  // namespace

Store::Store(std::string root, Fd lock, Scratch scratch, std::unique_ptr<Records> records, WallClock& clock)
    : root_(std::move(root)),
      lock_(std::move(lock)),
      scratch_(std::move(scratch)),
      blobs_(root_, scratch_.path()),
      records_(std::move(records)),
      clock_(clock),
      opened_(std::min(clock.seconds(), std::int64_t{file_time_now().tv_sec})) {}

Store::~Store() {
    // at the end of a process there is nobody to tell; what stays is swept by the next one
    static_cast<void>(records_->flush());
    static_cast<void>(remove_scratch());
}

Result<std::unique_ptr<Store>> Store::open(const std::string& root, WallClock& clock) {
    const auto make = [&]() -> Result<std::unique_ptr<Store>> {
        MABPLAN_CHECK(make_directories(std::string(parent_path(root))));
        MABPLAN_CHECK(make_directories(root, 0700));
        MABPLAN_CHECK(own_store_folder(root));
        for (const char* name : {"/blobs/sha256", "/snapshots", "/tmp"}) MABPLAN_CHECK(make_directories(root + name));
        MABPLAN_TRY(lock, lock_file(root + "/lock", LOCK_SH));
        MABPLAN_TRY(records, Records::open(root + "/records.sqlite", clock));
        MABPLAN_TRY(scratch, Scratch::take(root + "/tmp"));
        return std::unique_ptr<Store>(new Store(root, std::move(lock), std::move(scratch), std::move(records), clock));
    };
    return make().map_error(explain);
}

Status Store::remove_scratch() { return scratch_.remove(); }

Status Store::sweep() const {
    sweep_turns();
    const Status swept = sweep_scratch_folders(root_ + "/tmp");
    const Status rest = sweep_unlocked();
    return swept ? rest : swept;
}

// What stands in tmp/ without a lock of its own may be in use by any process that uses the store, or is nobody's.
Status Store::sweep_unlocked() const {
    if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
        // a failed change of a lock may have lost it
        return ::flock(lock_.get(), LOCK_SH) == 0 ? Status{} : system_error(errno, "lock", root_ + "/lock");
    }
    const std::string tmp = root_ + "/tmp";
    Status done;
    if (const auto names = list_names(tmp); names) {
        for (const std::string& name : *names) {
            if (is_scratch(tmp, name)) continue;
            if (auto removed = remove_tree(tmp + "/" + name); !removed && done) done = std::move(removed);
        }
    }
    if (::flock(lock_.get(), LOCK_SH) != 0) return system_error(errno, "lock", root_ + "/lock");
    return done;
}

Result<Store::Removal> Store::remove_item(const std::string& path, std::int64_t listed, const std::function<Status()>& first) const {
    std::optional<std::string> aside;
    Removal removal = Removal::Gone;
    const Status taken = while_nobody_notes(uses_lock(root_), [&]() -> Status {
        MABPLAN_TRY(oldest, oldest_start(root_ + "/tmp", scratch()));
        const std::int64_t used = last_use(path);
        if (used >= std::min(oldest.value_or(listed), listed)) removal = Removal::InUse;
        if (used == 0 || removal == Removal::InUse) return {};
        MABPLAN_CHECK(first());
        MABPLAN_TRY(moved, put_aside(path, scratch()));
        aside = std::move(moved);
        return {};
    });
    if (!taken) return fail(taken.error());
    if (!aside) return removal;
    static_cast<void>(remove_tree(*aside));  // what stays of it goes with the scratch folder
    return Removal::Done;
}

Result<Store::Removal> Store::remove_cache(const std::string& instance) const {
    const std::string path = instance + "/lock";
    const Fd lock(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (lock.valid() && (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 || !is_still_there(lock, path).value_or(false))) return Removal::InUse;
    // a run that goes on may come back to what it has used
    MABPLAN_TRY(oldest, oldest_start(root_ + "/tmp", scratch()));
    if (oldest && last_use(path) >= *oldest) return Removal::InUse;
    MABPLAN_TRY(aside, put_aside(instance, scratch()));
    if (!aside) return Removal::Gone;
    static_cast<void>(remove_tree(*aside));
    return Removal::Done;
}

// Locks of what a killed process executed.
void Store::sweep_turns() const {
    const std::string folder = root_ + "/running";
    const auto names = path_exists(folder) ? list_names(folder) : Result<std::vector<std::string>>(std::vector<std::string>());
    if (!names) return;
    for (const std::string& name : *names) {
        const std::string path = format("{}/{}", folder, name);
        const Fd lock(::open(path.c_str(), O_RDWR | O_CLOEXEC));
        if (lock.valid() && ::flock(lock.get(), LOCK_EX | LOCK_NB) == 0 && is_still_there(lock, path).value_or(false))
            ::unlink(path.c_str());
    }
}

}  // namespace mabplan::runtime
