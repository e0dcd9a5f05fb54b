// The folder that one process works in: tmp/run-XXXX of the store, locked by tmp/run-XXXX.lock (flock(2)) while the process lives, and
// swept by others afterwards. A lock on a file holds wherever the processes live, in containers too, where an id of a process says
// nothing. Does not know what is worked on.
#pragma once

#include "plans/base/result.h"
#include "runtime/sys/fd.h"

#include <cstdint>
#include <optional>
#include <string>

namespace mabplan::runtime {

class Scratch {
public:
    // A new one in the folder `tmp`.
    static Result<Scratch> take(const std::string& tmp);
    Scratch(Scratch&&) noexcept = default;
    Scratch& operator=(Scratch&&) noexcept = default;

    const std::string& path() const { return path_; }  // empty once removed
    Status remove();

private:
    Scratch(std::string path, Fd lock) : path_(std::move(path)), lock_(std::move(lock)) {}
    std::string path_;
    Fd lock_;
};

// Removes those whose processes are gone. One that cannot be removed from here (its files may belong to ids that only a user namespace
// has) stays, and keeps the others from nothing: the result is the first error.
Status sweep_scratch_folders(const std::string& tmp);
// When the oldest process began that works in `tmp` and lives, but for the one with the folder `own`: nanoseconds since 1970, by the clock
// of the file system. Nothing: there is no other.
Result<std::optional<std::int64_t>> oldest_start(const std::string& tmp, const std::string& own);
// Whether it is one, or the lock of one: to be left to sweep_scratch_folders.
bool is_scratch(const std::string& tmp, const std::string& name);

}  // namespace mabplan::runtime
