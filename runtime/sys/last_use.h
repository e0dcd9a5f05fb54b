// When a file or folder was last used, as its mtime, kept by whoever finds it; and taking it out of the way unless somebody uses it. Both
// take turns by a lock on one file (flock(2)): what was found is not taken by who looked before. Does not know who lives, nor what it is.
#pragma once

#include "plans/base/result.h"
#include "runtime/sys/guarded.h"

#include <time.h>

#include <cstdint>
#include <functional>
#include <set>
#include <string>

namespace mabplan::runtime {

// Of a store, the file that all who share it take.
std::string uses_lock(const std::string& store_root);

class LastUses {
public:
    // `lock`: a file that is made where it is missing. Nothing is dated before this is made,
    // whatever the clock does.
    explicit LastUses(std::string lock);

    // False: it is not there. Each path is dated once by one object.
    bool note(const std::string& path) const;

private:
    std::string lock_;
    timespec began_{};
    mutable Guarded<std::set<std::string>> noted_;
};

// Of a path, in nanoseconds since 1970; 0: it is gone.
std::int64_t last_use(const std::string& path);

// Calls it while nobody notes a use.
Status while_nobody_notes(const std::string& lock, const std::function<Status()>& work);

}  // namespace mabplan::runtime
