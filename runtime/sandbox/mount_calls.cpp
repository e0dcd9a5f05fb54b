#include "runtime/sandbox/mount_calls.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace mabplan::runtime {

int open_in(int folder, const char* path, std::uint64_t flags, std::uint64_t resolve) {
    open_how how{};
    how.flags = flags | O_PATH | O_CLOEXEC;
    how.resolve = resolve | RESOLVE_NO_MAGICLINKS;
    return static_cast<int>(::syscall(SYS_openat2, folder, path, &how, sizeof how));
}

int make_mount(const char* type, std::initializer_list<MountOption> options, std::uint64_t attributes) {
    const int context = ::fsopen(type, FSOPEN_CLOEXEC);
    if (context < 0) return -1;
    // what /proc/self/mounts shows in front: the type, as for runc, unless it is said otherwise
    const bool has_source =
        std::any_of(options.begin(), options.end(), [](const MountOption& option) { return std::string_view(option.key) == "source"; });
    bool good = has_source || ::fsconfig(context, FSCONFIG_SET_STRING, "source", type, 0) == 0;
    for (const MountOption& option : options) good = good && ::fsconfig(context, FSCONFIG_SET_STRING, option.key, option.value, 0) == 0;
    good = good && ::fsconfig(context, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) == 0;
    const int mounted = good ? ::fsmount(context, FSMOUNT_CLOEXEC, static_cast<unsigned>(attributes)) : -1;
    const int error = errno;
    ::close(context);
    errno = error;
    return mounted;
}

int copy_of_tree(const char* path, const MountChange& change) {
    const int tree = ::open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
    return tree >= 0 && change_mount(tree, change, AT_RECURSIVE) ? tree : -1;
}

bool change_mount(int mounted, const MountChange& change, unsigned recursive) {
    mount_attr attributes{};
    attributes.attr_set = change.set;
    attributes.attr_clr = change.clear;
    return ::mount_setattr(mounted, "", AT_EMPTY_PATH | recursive, &attributes, sizeof attributes) == 0;
}

bool attach(int mounted, int target) {
    return mounted >= 0 && target >= 0 && ::move_mount(mounted, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) == 0;
}

}  // namespace mabplan::runtime
