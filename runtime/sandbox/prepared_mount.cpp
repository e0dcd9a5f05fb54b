#include "runtime/sandbox/prepared_mount.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace mabplan::runtime {

namespace {

std::vector<std::string> prefixes_of(const std::string& target) {
    std::vector<std::string> list;
    for (std::string path = target; path.size() > 1; path = std::string(parent_path(path))) list.push_back(path.substr(1));
    std::reverse(list.begin(), list.end());
    return list;
}

// An empty folder below the layers, or two if there are none: overlayfs wants at least two where nothing can be written.
std::string overlay_options(const StepMount& mount, const LayersMount& layers, const std::string& name, const std::string& scratch,
                            std::vector<RoomLink>& links) {
    std::string lower;
    for (std::size_t i = layers.lower_dirs.size(); i > 0; --i) {
        links.push_back({format("{}.{}", name, i - 1), layers.lower_dirs[i - 1]});
        lower += links.back().name + ":";
    }
    if (mount.access == MountAccess::ReadOnly) return format("lowerdir={}empty{},userxattr", lower, lower.empty() ? ":none" : "");
    links.push_back({name + ".upper", format("{}/{}/upper", scratch, name)});
    links.push_back({name + ".work", format("{}/{}/work", scratch, name)});
    return format("lowerdir={0}empty,upperdir={1}.upper,workdir={1}.work,userxattr,volatile", lower, name);
}

}  // namespace

// Whatever the umask: what is in these folders is seen in the step.
Status make_scratch_folder(const std::string& path, unsigned mode) {
    if (::mkdir(path.c_str(), mode) != 0) return system_error(errno, "make the folder", path);
    if (::chmod(path.c_str(), mode) != 0) return system_error(errno, "set the mode of", path);
    return {};
}

namespace {

// Those of programs; overlayfs has its own among them.
Status copy_user_xattrs(const std::string& from, const std::string& to) {
    std::string names(XATTR_LIST_MAX, '\0');
    const ssize_t size = ::llistxattr(from.c_str(), names.data(), names.size());
    if (size < 0) return errno == ENOTSUP ? Status{} : Status(system_error(errno, "list the extended attributes of", from));
    names.resize(static_cast<std::size_t>(size));
    std::string value(XATTR_SIZE_MAX, '\0');
    for (const std::string_view text : split(names, '\0')) {
        if (!text.starts_with("user.") || text.starts_with("user.overlay.")) continue;
        const std::string name(text);
        const ssize_t length = ::lgetxattr(from.c_str(), name.c_str(), value.data(), value.size());
        if (length < 0 || ::lsetxattr(to.c_str(), name.c_str(), value.data(), static_cast<std::size_t>(length), 0) != 0)
            return system_error(errno, format("copy the extended attribute {} to", quoted(name)), to);
    }
    return {};
}

}  // namespace

Status make_upper_folder(const std::string& path, const std::vector<std::string>& lower_dirs) {
    MABPLAN_CHECK(make_scratch_folder(path, 0755));
    if (lower_dirs.empty()) return {};
    struct stat lower {};
    if (::lstat(lower_dirs.back().c_str(), &lower) != 0) return system_error(errno, "read the layer", lower_dirs.back());
    if (!S_ISDIR(lower.st_mode)) return system_error(ENOTDIR, "read the layer", lower_dirs.back());
    if (::chown(path.c_str(), lower.st_uid, lower.st_gid) != 0) return system_error(errno, "give the owner of the root folder to", path);
    if (::chmod(path.c_str(), lower.st_mode & 07777U) != 0) return system_error(errno, "set the mode of", path);
    MABPLAN_CHECK(copy_user_xattrs(lower_dirs.back(), path));
    const std::array<timespec, 2> times{lower.st_atim, lower.st_mtim};
    if (::utimensat(AT_FDCWD, path.c_str(), times.data(), 0) != 0) return system_error(errno, "set the times of", path);
    return {};
}

std::string upper_of_mount(const std::string& scratch_dir, std::size_t number) { return format("{}/m{}/upper", scratch_dir, number); }

Result<PreparedMount> prepare_mount(const StepMount& mount, std::size_t number, const std::string& scratch_dir,
                                    std::vector<RoomLink>& links) {
    PreparedMount prepared;
    prepared.mount = &mount;
    prepared.room_name = format("m{}", number);
    prepared.prefixes = prefixes_of(mount.target);
    if (prepared.prefixes.empty()) return fail(ErrorKind::Internal, "a mount that covers all of a step's root");
    if (const auto* memory = std::get_if<MemoryMount>(&mount.what)) {
        if (memory->size) prepared.size = format("{}", *memory->size);
        prepared.mode = format("{:o}", memory->mode);
    }
    const auto* layers = std::get_if<LayersMount>(&mount.what);
    if (layers == nullptr) return prepared;
    prepared.source = layers->source.substr(1);
    prepared.overlay_options = overlay_options(mount, *layers, prepared.room_name, scratch_dir, links);
    if (mount.access == MountAccess::ReadOnly) return prepared;
    const std::string folder = format("{}/{}", scratch_dir, prepared.room_name);  // as upper_of_mount says
    MABPLAN_CHECK(make_scratch_folder(folder, 0755));
    MABPLAN_CHECK(make_upper_folder(folder + "/upper", layers->lower_dirs));
    MABPLAN_CHECK(make_scratch_folder(folder + "/work", 0700));
    return prepared;
}

std::uint64_t memory_of_files(const std::vector<StepMount>& mounts) {
    constexpr std::uint64_t kPage = 65536;  // the largest of any machine
    std::uint64_t bytes = 0;
    for (const StepMount& mount : mounts)
        if (const auto* file = std::get_if<FileMount>(&mount.what)) bytes += (file->content.size() / kPage + 1) * kPage;
    return bytes;
}

}  // namespace mabplan::runtime
