// Which of the files that a command sees are newer than the caches it uses, and since when. It works like the machine of a developer: a
// file's time is when it changed, as those saw it who used the cache. So tools that compare times, like make, neither take what is old for
// fresh nor build what has not changed.
//
// New for a cache is, if there is anything in it:
//   - a given file (of contexts and other stages) that the last user of the cache did not see, or not with this content;
//   - a made one (of base images and commands) that was last seen with another content. One that was never seen is not: caches of
//     downloads are shared by builds that have nothing else in common, and a whole root file system would be new to each of them;
//   - what a new symlink leads to: a symlink cannot make its target newer.
// It gets a time later than everything in the cache, and keeps it until it changes again: commands that come later, and other builds
// that use the cache, have the same objects before them.
#pragma once

#include "runtime/freshness/seen_files.h"
#include "runtime/freshness/step_sight.h"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace mabplan::runtime {

// Nanoseconds that tell times of ours from those that programs set, which are often whole seconds: the step's files are given back the
// times of their layers by this. Less than a microsecond: tools that keep no nanoseconds leave a whole second.
inline constexpr std::int64_t kTimeMark = 617;

struct UsedCache {
    std::string folder;
    MountAccess access = MountAccess::Writable;
};

// What a command left in its root, by path_key.
struct WrittenFile {
    std::int64_t mtime_ns = 0;
    bool is_directory = false;
};
using WrittenFiles = std::unordered_map<std::uint64_t, WrittenFile>;

class CacheTimes {
public:
    // Compares, and records what is seen before the command sees it: whatever becomes of the command, what it made of new files is newer
    // than they are, and what it did not get to is older. A cache that it can only read is left as it is.
    static Result<CacheTimes> compare(StepSight sight, const std::vector<UsedCache>& caches, int stop_fd);

    const StepSight& sight() const { return sight_; }
    // By index of sight().files(), in nanoseconds since 1970; 0: as the layer has it.
    const std::vector<std::int64_t>& times() const { return times_; }
    // How many files, directories apart, are new for one of the caches.
    std::size_t new_files() const { return new_files_; }

    // The command has ended well: what it changed of its root file system, it has seen too, since its own time.
    Status record(const StepSight& after, const WrittenFiles& written);
    // It has not, and its changes are thrown away: what they hid counts as not seen.
    Status forget(const WrittenFiles& written);
    // Of these (by path_key) what the cache has was made from something that nobody sees again.
    Status forget_paths(std::vector<std::uint64_t> paths);

private:
    struct Cache {
        UsedCache used;
        std::uint64_t generation = 0;  // that this step has seen or made
        dev_t device = 0;
        ino_t inode = 0;
    };
    Status compare_with(Cache& cache, int stop_fd);
    Status make_newer(std::vector<std::int64_t>& own, const std::vector<std::size_t>& found, std::int64_t time) const;
    void take_over(std::vector<std::int64_t> own, const std::vector<std::int64_t>& mtimes);
    bool is_as_seen(const StepSight& after, const SeenRecord& record) const;
    template <class Change>
    Status change(const StepSight& after, const Change& change);

    StepSight sight_;
    std::vector<std::int64_t> times_;
    std::size_t new_files_ = 0;
    std::vector<Cache> caches_;
    int stop_fd_ = -1;
};

}  // namespace mabplan::runtime
