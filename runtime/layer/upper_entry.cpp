#include "runtime/layer/upper_entry.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/layer_xattr.h"
#include "runtime/layer/layer_entry.h"
#include "runtime/sys/file_type.h"
#include "runtime/sys/folder_reader.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>

namespace mabplan::runtime {

namespace {

Result<std::string> read_link(int directory, const std::string& name, const std::string& shown) {
    std::array<char, PATH_MAX + 1> target{};
    const ssize_t size = ::readlinkat(directory, name.c_str(), target.data(), target.size());
    if (size < 0) return system_error(errno, "read the link", shown);
    return std::string(target.data(), static_cast<std::size_t>(size));
}

// The names, each ended by NUL; empty where the file system knows no xattrs.
Result<std::string> list_xattrs(int file, const std::string& shown) {
    std::string names(256, '\0');
    for (;;) {
        const ssize_t size = ::flistxattr(file, names.data(), names.size());
        if (size >= 0) {
            names.resize(static_cast<std::size_t>(size));
            return names;
        }
        if (errno == ENOTSUP) return std::string();
        if (errno != ERANGE) return system_error(errno, "list the extended attributes of", shown);
        names.resize(names.size() * 4);
    }
}

Result<std::string> read_xattr(int file, const char* name, const std::string& shown) {
    std::string value(256, '\0');
    for (;;) {
        const ssize_t size = ::fgetxattr(file, name, value.data(), value.size());
        if (size >= 0) {
            value.resize(static_cast<std::size_t>(size));
            return value;
        }
        if (errno != ERANGE) return system_error(errno, format("read the extended attribute {} of", quoted(name)), shown);
        value.resize(value.size() * 4);
    }
}

Status read_xattrs(UpperEntry& entry, const std::string& shown) {
    MABPLAN_TRY(names, list_xattrs(entry.handle.get(), shown));
    for (std::size_t at = 0; at < names.size(); at += std::strlen(names.data() + at) + 1) {
        const std::string name = names.data() + at;
        const bool opaque = name == kOpaqueXattr || name == "trusted.overlay.opaque";
        if (name.starts_with("user.overlay.")) entry.overlay_xattrs.push_back(name);
        if (name == kImplicitXattr) entry.implicit = true;
        if (!opaque && !is_layer_xattr(name)) continue;
        MABPLAN_TRY(value, read_xattr(entry.handle.get(), name.c_str(), shown));
        if (opaque) entry.opaque = entry.opaque || value == "y";
        else entry.facts.xattrs.emplace(name, std::move(value));
    }
    return {};
}

Result<bool> is_whiteout_name(int directory, const dirent& found, const std::string& shown) {
    if (found.d_type != DT_CHR && found.d_type != DT_UNKNOWN) return false;
    struct stat facts {};
    if (::fstatat(directory, found.d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0)
        return system_error(errno, "look at", shown + "/" + found.d_name);
    return is_overlay_whiteout(facts.st_mode, facts.st_rdev);
}

}  // namespace

bool is_overlay_whiteout(mode_t mode, dev_t device) { return S_ISCHR(mode) && device == ::makedev(0, 0); }

Result<UpperEntry> read_upper_entry(int directory, const std::string& name, const std::string& shown) {
    struct stat facts {};
    if (::fstatat(directory, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) return system_error(errno, "look at", shown);
    UpperEntry entry;
    entry.whiteout = is_overlay_whiteout(facts.st_mode, facts.st_rdev);
    entry.device = facts.st_dev;
    entry.inode = facts.st_ino;
    entry.links = facts.st_nlink;
    TreeEntry& tree = entry.facts;
    tree = {name,
            file_type_of(facts.st_mode),
            facts.st_mode & 07777U,
            facts.st_uid,
            facts.st_gid,
            0,
            {},
            0,
            0,
            facts.st_mtim.tv_sec,
            static_cast<std::uint32_t>(facts.st_mtim.tv_nsec),
            {}};
    if (tree.type == FileType::CharDevice || tree.type == FileType::BlockDevice)
        tree.device = std::uint64_t{::major(facts.st_rdev)} << 32U | ::minor(facts.st_rdev);
    if (tree.type == FileType::Symlink) {
        MABPLAN_TRY(target, read_link(directory, name, shown));
        tree.link_target = std::move(target);
    }
    if (tree.type != FileType::File && tree.type != FileType::Directory) return entry;
    if (tree.type == FileType::File) tree.size = static_cast<std::uint64_t>(facts.st_size);
    entry.handle.reset(::openat(directory, name.c_str(),
                                O_RDONLY | O_NOFOLLOW | O_CLOEXEC | (tree.type == FileType::Directory ? O_DIRECTORY : O_NONBLOCK)));
    if (!entry.handle.valid()) return system_error(errno, "open", shown);
    MABPLAN_CHECK(read_xattrs(entry, shown));
    return entry;
}

Result<std::vector<UpperName>> list_upper(int directory, const std::string& shown) {
    FolderReader folder(reopen_folder(directory));
    std::vector<UpperName> names;
    while (const dirent* found = folder.next()) {
        MABPLAN_TRY(whiteout, is_whiteout_name(directory, *found, shown));
        names.push_back({found->d_name, whiteout});
    }
    if (folder.error() != 0) return system_error(folder.error(), "read the folder", shown);
    std::sort(names.begin(), names.end(),
              [](const UpperName& a, const UpperName& b) { return a.whiteout != b.whiteout ? a.whiteout : a.name < b.name; });
    return names;
}

}  // namespace mabplan::runtime
