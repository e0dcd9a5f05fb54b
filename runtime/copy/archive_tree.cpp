#include "runtime/copy/archive_tree.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/erase_below.h"
#include "plans/tree/follow_path.h"

#include <unordered_map>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::uint32_t kImpliedMode = 0755;

TreeEntry implied_directory(std::int64_t now) {
    TreeEntry entry;
    entry.type = FileType::Directory;
    entry.mode = kImpliedMode;
    entry.mtime_s = now;
    return entry;
}

Failure in_the_way(const std::string& path, std::string_view what) {
    return fail(ErrorKind::Step, format("{} {}", quoted("/" + path), what));
}

}  // namespace

ArchiveTree::ArchiveTree(LayerDraft& draft, std::string destination, bool is_new, std::optional<Owner> owner)
    : draft_(draft), destination_(std::move(destination)), is_new_(is_new), owner_(owner) {}

Status ArchiveTree::unpack(const AddedArchive& archive) {
    for (const ArchiveMember& member : archive.members) {
        if (Status placed = place(member); !placed) {
            Error error = std::move(placed).error();
            error.message = format("the entry {} of {} cannot be unpacked: {}", quoted(member.path), quoted(archive.name), error.message);
            return fail(std::move(error));
        }
    }
    return {};
}

Status ArchiveTree::place(const ArchiveMember& member) {
    links_ = 0;
    MABPLAN_TRY(path, resolve(member.path, Missing::Make));
    if (!member.hardlink.empty()) return place_hard_link(path, member);
    TreeEntry entry = member.entry;
    if (owner_) std::tie(entry.uid, entry.gid) = std::pair(owner_->uid, owner_->gid);
    if (entry.type == FileType::Directory) return place_directory(path, entry);
    return place_other(path, std::make_shared<Inode>(Inode{std::move(entry), member.content}));
}

Status ArchiveTree::place_directory(const std::string& path, const TreeEntry& entry) {
    MABPLAN_TRY(found, look(path));
    const auto known = nodes_.find(path);
    if (found && found->type == FileType::Directory && known != nodes_.end()) {
        known->second.inode->entry = entry;
        return {};
    }
    const bool merges = found && found->type == FileType::Directory;
    const bool hides = known != nodes_.end() && known->second.hides;
    nodes_[path] = {std::make_shared<Inode>(Inode{entry, InSource{}}), merges, hides};
    return {};
}

// Whatever was there is gone, a directory with all below it.
Status ArchiveTree::place_other(const std::string& path, std::shared_ptr<Inode> inode) {
    MABPLAN_TRY(found, look(path));
    const auto known = nodes_.find(path);
    const bool hides = known == nodes_.end() ? found && found->type == FileType::Directory : known->second.merges || known->second.hides;
    erase_below(nodes_, path);
    nodes_[path] = {std::move(inode), false, hides};
    return {};
}

// The header of a hard link describes the file anew, as it does for tar.
Status ArchiveTree::place_hard_link(const std::string& path, const ArchiveMember& member) {
    MABPLAN_TRY(target, resolve(member.hardlink, Missing::Refuse));
    if (target == path) return fail(ErrorKind::Step, "it is a hard link to itself");
    MABPLAN_TRY(inode, linked(target));
    if (inode == nullptr) return fail(ErrorKind::Step, format("it is a hard link to {}, and no file is there", quoted(member.hardlink)));
    TreeEntry& entry = inode->entry;
    entry.uid = owner_ ? owner_->uid : member.entry.uid;
    entry.gid = owner_ ? owner_->gid : member.entry.gid;
    entry.mtime_s = member.entry.mtime_s;
    if (entry.type != FileType::Symlink) entry.mode = member.entry.mode;
    return place_other(path, inode);
}

// The file at a path, which becomes part of the layer if it was one of the root; nothing if no file is there.
Result<std::shared_ptr<ArchiveTree::Inode>> ArchiveTree::linked(const std::string& target) {
    MABPLAN_TRY(found, look(target));
    if (!found || found->type == FileType::Directory) return std::shared_ptr<Inode>();
    if (const auto known = nodes_.find(target); known != nodes_.end()) return known->second.inode;
    MABPLAN_TRY(entry, draft_.take(target));
    auto inode = std::make_shared<Inode>(Inode{std::move(entry), InRoot{target}});
    nodes_[target] = {inode, false, false};
    return inode;
}

// What is there now. The root is asked only where it can have something.
Result<std::optional<TreeEntry>> ArchiveTree::look(const std::string& path) {
    if (const auto known = nodes_.find(path); known != nodes_.end()) return std::optional(known->second.inode->entry);
    for (std::string at(parent_path(path)); at != destination_; at = std::string(parent_path(at))) {
        const auto known = nodes_.find(at);
        if (known == nodes_.end()) continue;
        if (!known->second.merges) return std::nullopt;
        return draft_.look(path);
    }
    if (is_new_) return std::nullopt;
    return draft_.look(path);
}

Result<std::string> ArchiveTree::resolve(const std::string& path, Missing missing) {
    std::deque<Step> steps;
    for (const std::string_view part : split(path, '/')) steps.push_back({std::string(part), false});
    const std::string last = std::move(steps.back().name);
    steps.pop_back();
    std::string here = destination_;
    while (!steps.empty()) {
        const Step step = std::move(steps.front());
        steps.pop_front();
        MABPLAN_CHECK(enter(here, step, steps, missing));
    }
    return path_in(here, last);
}

// One step from the directory `here`; a symlink puts its own steps in front of the others.
Status ArchiveTree::enter(std::string& here, const Step& step, std::deque<Step>& steps, Missing missing) {
    if (step.name.empty() || step.name == ".") return {};
    if (step.name == "..") {
        if (here != destination_) here = std::string(parent_path(here));
        return {};
    }
    const std::string next = path_in(here, step.name);
    MABPLAN_TRY(found, look(next));
    if (!found && (step.of_link || missing == Missing::Refuse)) return in_the_way(next, "does not exist");
    if (!found) MABPLAN_CHECK(place_directory(next, implied_directory(draft_.now())));
    if (found && found->type == FileType::Symlink) {
        if (++links_ > kMostSymlinks) return in_the_way(next, "leads through too many symbolic links");
        if (found->link_target.starts_with('/')) here = destination_;
        const auto parts = split(found->link_target, '/');
        for (auto part = parts.rbegin(); part != parts.rend(); ++part) steps.push_front({std::string(*part), true});
        return {};
    }
    if (found && found->type != FileType::Directory) return in_the_way(next, "is no directory");
    here = next;
    return {};
}

Status ArchiveTree::finish(std::vector<ContentPlace>& places) {
    std::unordered_map<const Inode*, std::string> first_names;  // in the order of the layer
    for (const auto& [path, node] : nodes_) {
        if (node.inode.use_count() == 1) continue;
        const auto [known, is_first] = first_names.try_emplace(node.inode.get(), path);
        if (!is_first && precedes_in_layer({path}, {known->second})) known->second = path;
    }
    for (const auto& [path, node] : nodes_) {
        MABPLAN_CHECK(draft_.add_parents(path));
        LayerEntry entry{path, node.inode->entry, {}, LayerMark::None};
        const auto first = first_names.find(node.inode.get());
        if (first != first_names.end() && first->second != path) entry.hardlink = first->second;
        entry.content = static_cast<std::uint32_t>(places.size());
        places.push_back(node.inode->content);
        draft_.add(entry);
        const bool opaque = node.hides && node.inode->entry.type == FileType::Directory;
        if (opaque) draft_.add({path, implied_directory(draft_.now()), {}, LayerMark::Opaque});
    }
    nodes_.clear();
    return {};
}

}  // namespace mabplan::runtime
