#include "runtime/exec/destination.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/listing.h"

namespace mabplan::runtime {

namespace {

std::string fact_line(const std::string& path, const std::optional<TreeEntry>& found) {
    if (!found) return format("{} absent", quoted(path));
    std::string line = format("{} {}", quoted(path), file_type_letter(found->type));
    if (found->type == FileType::Symlink) return format("{} -> {}", line, quoted(found->link_target));
    if (found->type != FileType::Directory) return line;
    line += format(" {:o} {}:{}", found->mode, found->uid, found->gid);
    for (const auto& [name, value] : found->xattrs) line += format(" {}={}", name, quoted(value));
    return line;
}

}  // namespace

std::string describe_entry(const TreeEntry& entry) {
    switch (entry.type) {
        case FileType::Symlink: return format("a symlink to {}", quoted(entry.link_target));
        case FileType::Directory: return "a directory";
        case FileType::File: return "a file";
        case FileType::Fifo: return "a fifo";
        case FileType::Socket: return "a socket";
        case FileType::CharDevice:
        case FileType::BlockDevice: return "a device";
    }
    return "something else";
}

Result<std::optional<TreeEntry>> LayerDraft::look(const std::string& path) {
    MABPLAN_TRY(found, root_.stat(path));
    if (looked_.insert(path).second) add_fact(fact_line(path, found));
    return found;
}

Result<std::string> LayerDraft::resolve(const std::string& absolute_path) {
    MABPLAN_TRY(resolved, root_.resolve(absolute_path.substr(1).empty() ? "." : clean_path(absolute_path).substr(1), true));
    add_fact(format("{} is {}", quoted(absolute_path), quoted(resolved)));
    return resolved;
}

void LayerDraft::add(const LayerEntry& entry) {
    if (entry.entry.type == FileType::Directory) listed_.insert(entry.path);
    entries_.push_back(entry);
}

Result<TreeEntry> LayerDraft::take(const std::string& path) {
    MABPLAN_TRY(found, root_.stat(path));
    if (!found) return fail(ErrorKind::Internal, format("there is no {} to take", quoted(path)));
    found->hardlink = 0;  // its other names stay with the old file
    ListedEntry listed{path, *found, {}};
    if (found->type == FileType::File) {
        MABPLAN_TRY(digests, root_.digests({TreePath{path, *found}}));
        listed.digest = digests.front();
    }
    add_fact("taken " + write_listing({listed}));
    return std::move(*found);
}

// A directory of the root that gets a new child: it is listed as it is, but for the time, which is that of the change.
Status LayerDraft::add_existing(const std::string& path) {
    if (path == "." || listed_.contains(path)) return {};
    MABPLAN_TRY(found, look(path));
    if (!found || found->type != FileType::Directory)
        return fail(ErrorKind::Step, format("{} is {} in the image: nothing can be put below it", quoted("/" + path), found ? describe_entry(*found) : "absent"));
    found->mtime_s = now_;
    add({path, *found, {}, LayerMark::None});
    return {};
}

Status LayerDraft::add_parents(const std::string& path) {
    const std::string parent(parent_path(path));
    if (parent == "." || listed_.contains(parent)) return {};
    MABPLAN_CHECK(add_parents(parent));
    return add_existing(parent);
}

Status LayerDraft::make_directories(const std::string& path, const Owner& owner, std::uint32_t mode) {
    if (path == "." || listed_.contains(path)) return {};
    MABPLAN_TRY(found, look(path));
    if (found && found->type == FileType::Directory) return {};
    if (found) return fail(ErrorKind::Step, format("{} exists in the image and is {}, no directory", quoted("/" + path), describe_entry(*found)));
    const std::string parent(parent_path(path));
    MABPLAN_CHECK(make_directories(parent, owner, mode));
    MABPLAN_CHECK(add_parents(path));
    TreeEntry directory;
    directory.type = FileType::Directory;
    directory.mode = mode;
    directory.uid = owner.uid;
    directory.gid = owner.gid;
    directory.mtime_s = now_;
    add({path, std::move(directory), {}, LayerMark::None});
    return {};
}

}  // namespace mabplan::runtime
