#include "runtime/copy/layer_draft.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/listing.h"

namespace mabplan::runtime {

namespace {

constexpr const char* kOtherPlace = "name another destination, or remove in a RUN before what stands there";

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
    const std::string asked = clean_path(absolute_path);
    auto resolved = root_.resolve(asked == "/" ? "." : asked.substr(1), true);
    if (!resolved) {
        // links of the image stand in the way as its files do
        Error error = std::move(resolved).error();
        if (error.kind == ErrorKind::Input) error.kind = ErrorKind::Step;
        if (error.hint.empty()) error.hint = kOtherPlace;
        return fail(std::move(error));
    }
    add_fact(format("{} is {}", quoted(absolute_path), quoted(*resolved)));
    if (const std::string reached = *resolved == "." ? "/" : "/" + *resolved; reached != asked) reached_by_[*resolved] = asked;
    return *std::move(resolved);
}

// What stands at `path` where a directory is to be; where a symlink led there, the link is what the user knows.
Failure LayerDraft::no_directory(const std::string& path, const TreeEntry& found) const {
    const std::string here = quoted("/" + path), what = describe_entry(found);
    std::string message = format("{} exists in the image and is {}, no directory", here, what);
    for (const auto& [resolved, asked] : reached_by_) {
        if (resolved != path && !resolved.starts_with(path + "/")) continue;
        message = format("cannot make the directory {}: a symlink leads from there to {}, and {} is {} in the image", quoted(asked),
                         quoted("/" + resolved), resolved == path ? "that" : here, what);
        break;
    }
    return fail(ErrorKind::Step, std::move(message), kOtherPlace);
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
        return fail(ErrorKind::Step, format("{} is {} in the image: nothing can be put below it", quoted("/" + path),
                                            found ? describe_entry(*found) : "absent"));
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
    if (found) return no_directory(path, *found);
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
