// The system calls of the new mount interface (fsopen(2), open_tree(2), move_mount(2)), by descriptors: no name of an image is looked up
// twice. For a process that may not allocate: errors are -1 or false, with errno.
#pragma once

#include <sys/mount.h>

#include <cstdint>
#include <initializer_list>

namespace mabplan::runtime {

inline constexpr std::uint64_t kQuiet = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

struct MountOption {
    const char* key;
    const char* value;
};

struct MountChange {
    std::uint64_t set = 0;
    std::uint64_t clear = 0;
};

// openat2(2) with O_PATH; never over the links of /proc.
int open_in(int folder, const char* path, std::uint64_t flags, std::uint64_t resolve);
// A new file system that is not attached anywhere yet.
int make_mount(const char* type, std::initializer_list<MountOption> options, std::uint64_t attributes);
// The mounts at and below a path, not attached yet.
int copy_of_tree(const char* path, const MountChange& change);
bool change_mount(int mounted, const MountChange& change, unsigned recursive);
bool attach(int mounted, int target);

}  // namespace mabplan::runtime
