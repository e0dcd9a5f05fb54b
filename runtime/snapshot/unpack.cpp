#include "runtime/snapshot/unpack.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/erase_below.h"
#include "runtime/layer/entry_content.h"
#include "runtime/layer/upper_entry.h"
#include "runtime/snapshot/file_facts.h"
#include "runtime/snapshot/folders_beneath.h"
#include "runtime/snapshot/layer_folders.h"
#include "runtime/snapshot/layer_walk.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <map>

namespace mabplan::runtime {

namespace {

Result<bool> exists(int parent, const std::string& name, struct stat& facts, const std::string& path) {
    if (::fstatat(parent, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0) return true;
    if (errno == ENOENT) return false;
    return system_error(errno, "look at", path);
}

class Unpacker final : public LayerMaker {
public:
    Unpacker(ByteSource& tar, Fd root, const UnpackOptions& options)
        : reader_(tar, options.limits), beneath_(std::move(root)), facts_(options.owners), folders_(options.implicit_mtime) {}

    Result<UnpackSummary> run();

private:
    Status make_directory(const TreeEntry& facts, const std::string& path) override;
    Status make_file(TarReader& tar, const TreeEntry& facts, const std::string& path) override;
    Status make_hard_link(const std::string& target, const std::string& written, const std::string& path) override;
    Status make_whiteout(const TreeEntry& facts, const std::string& path) override;
    Status mark_opaque(const std::string& path) override;

    Result<int> open_parent(std::string_view path);
    Status make_parent(int parent, const std::string& name, const std::string& path);
    Status regular(TarReader& tar, int parent, const std::string& name, const TreeEntry& facts, const std::string& path);
    Status symlink(int parent, const std::string& name, const TreeEntry& facts, const std::string& path);
    Status node(int parent, const std::string& name, const TreeEntry& facts, const std::string& path);
    Status make_way(int parent, const std::string& name, const std::string& path);
    void forget_devices(const std::string& path);
    Status finish_directories();

    TarReader reader_;
    FoldersBeneath beneath_;
    FactsWriter facts_;
    LayerFolders
        folders_;  // a directory gets its facts when all is in it: until then it is open to the process, and its mtime would not stay
    std::map<std::string, TreeEntry> devices_;  // that could not be made, by path
    UnpackSummary summary_;
};

Result<UnpackSummary> Unpacker::run() {
    MABPLAN_TRY(entries, walk_layer(reader_, *this));
    summary_.entries = entries;
    folders_.settle();
    MABPLAN_CHECK(finish_directories());
    for (const auto& [path, device] : devices_) {
        summary_.notes.push_back(
            format("{} is a device node, which cannot be made in a user namespace: it is left out", quoted("/" + path)));
        summary_.devices.push_back({path, device, {}, LayerMark::None});
    }
    summary_.implied = folders_.inheriting();
    return std::move(summary_);
}

Result<int> Unpacker::open_parent(std::string_view path) {
    return beneath_.open(parent_path(path),
                         [this](int parent, const std::string& name, const std::string& made) { return make_parent(parent, name, made); });
}

Status Unpacker::make_parent(int parent, const std::string& name, const std::string& path) {
    struct stat found {};
    MABPLAN_TRY(there, exists(parent, name, found, path));
    const bool whiteout = there && is_overlay_whiteout(found.st_mode, found.st_rdev);
    if ((there && !whiteout) || devices_.contains(path)) return parent_in_the_way(path);
    if (whiteout && ::unlinkat(parent, name.c_str(), 0) != 0) return system_error(errno, "remove", path);
    if (::mkdirat(parent, name.c_str(), 0700) != 0) return system_error(errno, "make the folder", path);
    return folders_.imply(path);
}

Status Unpacker::make_directory(const TreeEntry& facts, const std::string& path) {
    if (path != ".") {
        MABPLAN_TRY(parent, open_parent(path));
        const std::string name(base_name(path));
        struct stat found {};
        MABPLAN_TRY(there, exists(parent, name, found, path));
        const bool is_there = there && S_ISDIR(found.st_mode);
        if (!is_there) MABPLAN_CHECK(make_way(parent, name, path));
        if (!is_there && ::mkdirat(parent, name.c_str(), 0700) != 0) return system_error(errno, "make the folder", path);
    }
    folders_.describe(path, facts);
    return {};
}

Status Unpacker::make_file(TarReader& tar, const TreeEntry& facts, const std::string& path) {
    MABPLAN_TRY(parent, open_parent(path));
    const std::string name(base_name(path));
    forget_devices(path);
    if (facts.type == FileType::File) return regular(tar, parent, name, facts, path);
    if (facts.type == FileType::Symlink) return symlink(parent, name, facts, path);
    return node(parent, name, facts, path);
}

// What this layer has there itself goes, whatever it is.
Status Unpacker::make_way(int parent, const std::string& name, const std::string& path) {
    forget_devices(path);
    struct stat found {};
    MABPLAN_TRY(there, exists(parent, name, found, path));
    if (!there) return {};
    if (!S_ISDIR(found.st_mode)) return ::unlinkat(parent, name.c_str(), 0) == 0 ? Status{} : Status(system_error(errno, "remove", path));
    beneath_.forget(path);
    folders_.remove(path);
    return remove_tree_at(parent, name, std::string(parent_path(path)));
}

void Unpacker::forget_devices(const std::string& path) {
    if (devices_.empty()) return;
    devices_.erase(path);
    erase_below(devices_, path);
}

Status Unpacker::regular(TarReader& tar, int parent, const std::string& name, const TreeEntry& facts, const std::string& path) {
    constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    Fd made(::openat(parent, name.c_str(), kFlags, 0600));
    if (!made.valid() && errno == EEXIST) {
        MABPLAN_CHECK(make_way(parent, name, path));
        made.reset(::openat(parent, name.c_str(), kFlags, 0600));
    }
    if (!made.valid()) return system_error(errno, "create", path);
    MABPLAN_CHECK(write_entry_content(tar, facts.size, made.get(), 0, path));
    summary_.bytes += facts.size;
    return facts_.apply(made.get(), facts, path);
}

Status Unpacker::symlink(int parent, const std::string& name, const TreeEntry& facts, const std::string& path) {
    if (::symlinkat(facts.link_target.c_str(), parent, name.c_str()) != 0) {
        if (errno != EEXIST) return system_error(errno, "make the link", path);
        MABPLAN_CHECK(make_way(parent, name, path));
        if (::symlinkat(facts.link_target.c_str(), parent, name.c_str()) != 0) return system_error(errno, "make the link", path);
    }
    return facts_.apply_at(parent, name, facts, path);
}

Status Unpacker::node(int parent, const std::string& name, const TreeEntry& facts, const std::string& path) {
    const mode_t type = facts.type == FileType::Fifo ? S_IFIFO : facts.type == FileType::CharDevice ? S_IFCHR : S_IFBLK;
    const dev_t device = ::makedev(static_cast<unsigned>(facts.device >> 32U), static_cast<unsigned>(facts.device & 0xffffffffU));
    int made = ::mknodat(parent, name.c_str(), type | 0600U, device);
    if (made != 0 && errno == EEXIST) {
        MABPLAN_CHECK(make_way(parent, name, path));
        made = ::mknodat(parent, name.c_str(), type | 0600U, device);
    }
    if (made != 0 && errno == EPERM && type != S_IFIFO) {
        devices_[path] = facts;
        return {};
    }
    if (made != 0) return system_error(errno, "make the node", path);
    return facts_.apply_at(parent, name, facts, path);
}

Status Unpacker::make_hard_link(const std::string& target, const std::string& written, const std::string& path) {
    const auto missing = [&](int, const std::string&, const std::string&) -> Status { return hard_link_to_nothing(written); };
    MABPLAN_TRY(target_parent, beneath_.open(parent_path(target), missing));
    const Fd from(::fcntl(target_parent, F_DUPFD_CLOEXEC, 0));
    if (!from.valid()) return system_error(errno, "open the folder", parent_path(target));
    const std::string target_name(base_name(target));
    struct stat linked {};
    MABPLAN_TRY(there, exists(from.get(), target_name, linked, target));
    if (!there || is_overlay_whiteout(linked.st_mode, linked.st_rdev)) return missing(0, {}, {});
    if (S_ISDIR(linked.st_mode)) return hard_link_to_directory(written);
    if (target == path) return {};  // the file once more, as `tar` writes a file that it was told of twice

    MABPLAN_TRY(parent, open_parent(path));
    const std::string name(base_name(path));
    forget_devices(path);
    if (::linkat(from.get(), target_name.c_str(), parent, name.c_str(), 0) == 0) return {};
    if (errno != EEXIST) return system_error(errno, "make the hard link", path);
    MABPLAN_CHECK(make_way(parent, name, path));
    if (::linkat(from.get(), target_name.c_str(), parent, name.c_str(), 0) != 0) return system_error(errno, "make the hard link", path);
    return {};
}

Status Unpacker::make_whiteout(const TreeEntry& facts, const std::string& path) {
    MABPLAN_TRY(parent, open_parent(path));
    const std::string name(base_name(path));
    folders_.mark_removed(path);
    // a device that is left out hides what is below, as any file does
    if (::mknodat(parent, name.c_str(), S_IFCHR, ::makedev(0, 0)) == 0) return facts_.set_time_at(parent, name, facts, path);
    return errno == EEXIST ? Status{} : Status(system_error(errno, "make the whiteout", path));  // a file hides what is below by itself
}

Status Unpacker::mark_opaque(const std::string& path) {
    // opened as the parent of what it hides
    MABPLAN_CHECK(open_parent(path == "." ? "x" : path + "/x"));
    folders_.mark_opaque(path);
    return {};
}

Status Unpacker::finish_directories() {
    const auto gone = [](int, const std::string&, const std::string& path) -> Status {
        return fail(ErrorKind::Environment, format("the folder {} went away while its layer was unpacked", quoted(path)));
    };
    for (auto at = folders_.all().rbegin(); at != folders_.all().rend(); ++at) {  // children before their parents
        const auto& [path, folder] = *at;
        MABPLAN_TRY(handle, beneath_.open(path, gone));
        if (folder.opaque && ::fsetxattr(handle, kOpaqueXattr, "y", 1, 0) != 0)
            return system_error(errno, "mark as opaque the folder", path);
        if (folder.implicit && ::fsetxattr(handle, kImplicitXattr, "y", 1, 0) != 0)
            return system_error(errno, "mark as implicit the folder", path);
        MABPLAN_CHECK(facts_.apply(handle, folder.facts, path));
    }
    return {};
}

}  // namespace

Result<UnpackSummary> unpack_layer(ByteSource& tar, const std::string& directory, const UnpackOptions& options) {
    MABPLAN_TRY(root, open_file(directory, O_RDONLY | O_DIRECTORY));
    if (::fchmod(root.get(), 0700) != 0) return system_error(errno, "set the mode of", directory);
    if (options.owners == OwnerPolicy::Keep && ::fchown(root.get(), ::geteuid(), ::getegid()) != 0)
        return system_error(errno, "set the owner of", directory);
    return Unpacker(tar, std::move(root), options).run();
}

}  // namespace mabplan::runtime
