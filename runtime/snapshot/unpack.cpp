#include "runtime/snapshot/unpack.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/layer/entry_content.h"
#include "runtime/layer/upper_entry.h"
#include "runtime/snapshot/beneath.h"
#include "runtime/snapshot/file_facts.h"
#include "runtime/snapshot/layer_folder.h"
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

// A directory gets its facts when all is in it: until then it is open to the process, and its mtime would not stay.
struct DirectoryFacts {
    TreeEntry entry;
    bool implicit = false;
    bool opaque = false;
};

Result<bool> exists(int parent, const std::string& name, struct stat& facts, const std::string& path) {
    if (::fstatat(parent, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0) return true;
    if (errno == ENOENT) return false;
    return system_error(errno, "look at", path);
}

constexpr std::uint64_t kMostImplicitBytes = 1U << 30U;

class Unpacker final : public LayerMaker {
public:
    Unpacker(ByteSource& tar, Fd root, const UnpackOptions& options)
        : reader_(tar, options.limits), beneath_(std::move(root)), facts_(options.owners), options_(options) {
        directories_["."] = implicit_directory(false);
    }

    Result<UnpackSummary> run();

private:
    Status make_directory(const TreeEntry& facts, const std::string& path) override;
    Status make_file(TarReader& tar, const TreeEntry& facts, const std::string& path) override;
    Status make_hard_link(const std::string& target, const std::string& written, const std::string& path) override;
    Status make_whiteout(const TreeEntry& facts, const std::string& path) override;
    Status mark_opaque(const std::string& directory) override;

    DirectoryFacts implicit_directory(bool opaque) const;
    Result<int> open_parent(std::string_view path);
    Status make_parent(int parent, const std::string& name, const std::string& path);
    Status regular(TarReader& tar, int parent, const std::string& name, const TreeEntry& facts, const std::string& path);
    Status symlink(int parent, const std::string& name, const TreeEntry& facts, const std::string& path);
    Status node(int parent, const std::string& name, const TreeEntry& facts, const std::string& path);
    Status remove_whiteout(int parent, const std::string& name, const std::string& path);
    Status finish_directories();

    TarReader reader_;
    Beneath beneath_;
    FactsWriter facts_;
    UnpackOptions options_;
    std::map<std::string, DirectoryFacts> directories_;  // all that are in the tree, by path
    std::uint64_t implicit_bytes_ = 0;  // of the paths of folders that the layer does not list
    UnpackSummary summary_;
};

DirectoryFacts Unpacker::implicit_directory(bool opaque) const {
    DirectoryFacts facts;
    facts.entry = implicit_facts();
    facts.entry.mtime_s = options_.implicit_mtime;
    facts.implicit = true;
    facts.opaque = opaque;
    return facts;
}

Result<UnpackSummary> Unpacker::run() {
    MABPLAN_TRY(entries, walk_layer(reader_, *this));
    summary_.entries = entries;
    MABPLAN_CHECK(finish_directories());
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
    if (there && !whiteout) return parent_in_the_way(path, S_ISLNK(found.st_mode));
    if (whiteout && ::unlinkat(parent, name.c_str(), 0) != 0) return system_error(errno, "remove", path);
    if (::mkdirat(parent, name.c_str(), 0700) != 0) return system_error(errno, "make the folder", path);
    directories_[path] = implicit_directory(whiteout);
    implicit_bytes_ += path.size();
    if (implicit_bytes_ > kMostImplicitBytes) return input_error(format("the folders that its layer needs and does not list have more than {} of paths", format_bytes(kMostImplicitBytes)));
    return {};
}

Status Unpacker::make_directory(const TreeEntry& facts, const std::string& path) {
    bool opaque = false;
    if (path != ".") {
        MABPLAN_TRY(parent, open_parent(path));
        const std::string name(base_name(path));
        if (::mkdirat(parent, name.c_str(), 0700) != 0) {
            if (errno != EEXIST) return system_error(errno, "make the folder", path);
            struct stat found {};
            MABPLAN_TRY(there, exists(parent, name, found, path));
            if (there && !S_ISDIR(found.st_mode)) {
                MABPLAN_CHECK(remove_whiteout(parent, name, path));
                if (::mkdirat(parent, name.c_str(), 0700) != 0) return system_error(errno, "make the folder", path);
                opaque = true;  // it hides what the whiteout hid
            }
        }
    }
    DirectoryFacts& known = directories_[path];
    known = {facts, false, known.opaque || opaque};
    return {};
}

Status Unpacker::make_file(TarReader& tar, const TreeEntry& facts, const std::string& path) {
    MABPLAN_TRY(parent, open_parent(path));
    const std::string name(base_name(path));
    if (facts.type == FileType::File) return regular(tar, parent, name, facts, path);
    if (facts.type == FileType::Symlink) return symlink(parent, name, facts, path);
    return node(parent, name, facts, path);
}

// It makes way for what this layer has there itself; nothing else does.
Status Unpacker::remove_whiteout(int parent, const std::string& name, const std::string& path) {
    struct stat found {};
    MABPLAN_TRY(there, exists(parent, name, found, path));
    if (there && !is_overlay_whiteout(found.st_mode, found.st_rdev)) return second_entry();
    if (::unlinkat(parent, name.c_str(), 0) != 0) return system_error(errno, "remove", path);
    return {};
}

Status Unpacker::regular(TarReader& tar, int parent, const std::string& name, const TreeEntry& facts, const std::string& path) {
    constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    Fd made(::openat(parent, name.c_str(), kFlags, 0600));
    if (!made.valid() && errno == EEXIST) {
        MABPLAN_CHECK(remove_whiteout(parent, name, path));
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
        MABPLAN_CHECK(remove_whiteout(parent, name, path));
        if (::symlinkat(facts.link_target.c_str(), parent, name.c_str()) != 0) return system_error(errno, "make the link", path);
    }
    return facts_.apply_at(parent, name, facts, path);
}

Status Unpacker::node(int parent, const std::string& name, const TreeEntry& facts, const std::string& path) {
    const mode_t type = facts.type == FileType::Fifo ? S_IFIFO : facts.type == FileType::CharDevice ? S_IFCHR : S_IFBLK;
    const dev_t device = ::makedev(static_cast<unsigned>(facts.device >> 32U), static_cast<unsigned>(facts.device & 0xffffffffU));
    int made = ::mknodat(parent, name.c_str(), type | 0600U, device);
    if (made != 0 && errno == EEXIST) {
        MABPLAN_CHECK(remove_whiteout(parent, name, path));
        made = ::mknodat(parent, name.c_str(), type | 0600U, device);
    }
    if (made != 0 && errno == EPERM && type != S_IFIFO) {
        summary_.notes.push_back(
            format("{} is a device node, which cannot be made in a user namespace: it is left out", quoted("/" + path)));
        summary_.devices.push_back({path, facts, {}, LayerMark::None});
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

    MABPLAN_TRY(parent, open_parent(path));
    const std::string name(base_name(path));
    if (::linkat(from.get(), target_name.c_str(), parent, name.c_str(), 0) == 0) return {};
    if (errno != EEXIST) return system_error(errno, "make the hard link", path);
    MABPLAN_CHECK(remove_whiteout(parent, name, path));
    if (::linkat(from.get(), target_name.c_str(), parent, name.c_str(), 0) != 0) return system_error(errno, "make the hard link", path);
    return {};
}

Status Unpacker::make_whiteout(const TreeEntry& facts, const std::string& path) {
    MABPLAN_TRY(parent, open_parent(path));
    const std::string name(base_name(path));
    if (::mknodat(parent, name.c_str(), S_IFCHR, ::makedev(0, 0)) == 0) return facts_.set_time_at(parent, name, facts, path);
    if (errno != EEXIST) return system_error(errno, "make the whiteout", path);
    // this layer has something there: a file hides what is below by itself, a directory must be told to
    if (const auto known = directories_.find(path); known != directories_.end()) known->second.opaque = true;
    return {};
}

Status Unpacker::mark_opaque(const std::string& path) {
    // opened as the parent of what it hides
    MABPLAN_CHECK(open_parent(path == "." ? "x" : path + "/x"));
    directories_[path].opaque = true;
    return {};
}

Status Unpacker::finish_directories() {
    const auto gone = [](int, const std::string&, const std::string& path) -> Status {
        return fail(ErrorKind::Environment, format("the folder {} went away while its layer was unpacked", quoted(path)));
    };
    for (auto at = directories_.rbegin(); at != directories_.rend(); ++at) {  // children before their parents
        const auto& [path, directory] = *at;
        MABPLAN_TRY(handle, beneath_.open(path, gone));
        if (directory.opaque && ::fsetxattr(handle, kOpaqueXattr, "y", 1, 0) != 0)
            return system_error(errno, "mark as opaque the folder", path);
        if (directory.implicit && ::fsetxattr(handle, kImplicitXattr, "y", 1, 0) != 0)
            return system_error(errno, "mark as implicit the folder", path);
        MABPLAN_CHECK(facts_.apply(handle, directory.entry, path));
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
