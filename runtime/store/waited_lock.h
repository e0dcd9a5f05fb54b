// A lock on a file (flock(2)) that other processes may have for long: waited for together with a stop.
#pragma once

#include "plans/base/result.h"
#include "runtime/sys/fd.h"

#include <functional>
#include <string>

namespace mabplan::runtime {

struct LockWaiting {
    std::function<void()> waiting = {};  // told once, when it takes longer than a moment
    int stop_fd = -1;                    // when it becomes readable, waiting ends with an Interrupted error
};

// False: another one has it. LOCK_SH or LOCK_EX.
Result<bool> try_lock(const Fd& file, int operation, const std::string& path);
Status wait_for_lock(const Fd& file, int operation, const std::string& path, const LockWaiting& how);
// Whether a lock of this kind on the file would be refused now. Who asks has it for a moment, if it is not. False where there is no such
// file.
bool is_lock_refused(const std::string& path, int operation);
// Who removes what a lock is for takes its file away while it is locked: a lock on that is worth nothing then.
// An error where that can't be seen: whoever would try again until it is there would do so for ever.
Result<bool> is_still_there(const Fd& lock, const std::string& path);

}  // namespace mabplan::runtime
