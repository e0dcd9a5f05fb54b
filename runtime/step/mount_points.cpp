#include "runtime/step/mount_points.h"

#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "runtime/sys/open_beneath.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <tuple>

namespace mabplan::runtime {

namespace {

bool precedes(const timespec& a, const timespec& b) { return std::tie(a.tv_sec, a.tv_nsec) < std::tie(b.tv_sec, b.tv_nsec); }

Status set_mtime(const Fd& folder, const timespec& mtime, const std::string& path) {
    const std::array<timespec, 2> times{{{0, UTIME_OMIT}, mtime}};
    if (::futimens(folder.get(), times.data()) != 0) return system_error(errno, "set the time of", path);
    return {};
}

// The step may have put anything in the upper folder: no symlink of its is followed.
Fd open_folder(int root, std::string_view path) { return open_beneath(root, path, O_RDONLY | O_DIRECTORY); }

Status remove_if_empty(int root, const std::string& path) {
    const Fd folder = open_folder(root, parent_path(path));
    const std::string name(base_name(path));
    struct stat facts {};
    if (!folder.valid() || ::fstatat(folder.get(), name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) return {};  // in another mount
    const bool is_folder = S_ISDIR(facts.st_mode);
    if (!is_folder && (!S_ISREG(facts.st_mode) || facts.st_size != 0)) return {};
    if (::unlinkat(folder.get(), name.c_str(), is_folder ? AT_REMOVEDIR : 0) != 0 && errno != ENOTEMPTY && errno != EEXIST)
        return system_error(errno, "remove the mount point", path);
    return {};
}

bool is_empty(const Fd& folder) {
    const auto names = list_names("/proc/self/fd/" + std::to_string(folder.get()));
    return names && names->empty();
}

}  // namespace

Result<MountPoints> MountPoints::missing_in(MergedView& image, const std::vector<std::string>& targets) {
    MountPoints points;
    for (const std::string& target : targets) {
        std::string path = target.substr(1);
        for (; path != "."; path = std::string(parent_path(path))) {
            MABPLAN_TRY(found, image.stat(path));
            if (found) {
                if (path != target.substr(1)) points.parents_.push_back({path, *found});
                break;
            }
            points.paths_.push_back(path);
        }
    }
    std::sort(points.paths_.begin(), points.paths_.end(), [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
    return points;
}

Status MountPoints::remove_from(const std::string& upper_dir, const timespec& since) const {
    if (paths_.empty()) return {};
    MABPLAN_TRY(root, open_file(upper_dir, O_RDONLY | O_DIRECTORY));
    for (const std::string& path : paths_) {
        const std::string parent(parent_path(path));
        const Fd folder = open_folder(root.get(), parent);
        struct stat before {};
        if (folder.valid() && ::fstat(folder.get(), &before) != 0) return system_error(errno, "look at", parent);
        MABPLAN_CHECK(remove_if_empty(root.get(), path));
        if (folder.valid()) MABPLAN_CHECK(set_mtime(folder, before.st_mtim, parent));
    }
    for (const Parent& parent : parents_) {
        const Fd folder = open_folder(root.get(), parent.path);
        struct stat facts {};
        if (!folder.valid() || !is_empty(folder)) continue;  // the step changed something in it
        if (::fstat(folder.get(), &facts) != 0) return system_error(errno, "look at", parent.path);
        if (precedes(facts.st_mtim, since)) continue;  // the step gave it this time
        MABPLAN_CHECK(set_mtime(folder, {parent.entry.mtime_s, static_cast<long>(parent.entry.mtime_ns)}, parent.path));
    }
    return {};
}

}  // namespace mabplan::runtime
