#include "runtime/exec/copy_layer.h"

#include "plans/base/file_mode.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

#include <map>
#include <unordered_map>
#include <unordered_set>

namespace mabplan::runtime {

namespace {

constexpr std::uint32_t kDirectoryMode = 0755;

class Placement {
public:
    Placement(const CopyAction& copy, const UserFiles& users, LayerDraft& draft) : copy_(copy), users_(users), draft_(draft) {}

    Result<CopiedEntries> place(const std::vector<Selection>& parts);

private:
    Status place_source(const SelectedSource& source);
    Status place_entry(const std::string& path, const ListedEntry& listed, const std::string& source_path);
    Status check_place(const std::string& path, FileType type);
    TreeEntry metadata(const TreeEntry& from) const;
    std::string joined(const std::string& directory, const std::string& name) const { return directory == "." ? name : directory + "/" + name; }
    std::uint32_t made_mode() const { return mode_ && mode_->fixed_mode() ? *mode_->fixed_mode() : kDirectoryMode; }

    const CopyAction& copy_;
    const UserFiles& users_;
    LayerDraft& draft_;
    std::optional<Owner> owner_;
    std::optional<FileModeChange> mode_;
    std::size_t part_ = 0;
    CopiedEntries copied_;
    std::unordered_map<std::uint64_t, std::string> hardlinks_;  // of the source being placed: group -> path of its first name
    std::unordered_map<std::string, bool> exists_below_;        // directories placed: did the root have them
};

TreeEntry Placement::metadata(const TreeEntry& from) const {
    TreeEntry entry = from;
    if (owner_) {
        entry.uid = owner_->uid;
        entry.gid = owner_->gid;
    }
    if (mode_ && entry.type != FileType::Symlink) entry.mode = mode_->apply(entry.mode, entry.type == FileType::Directory);
    return entry;
}

// Below a directory that the root does not have there is nothing to look at: 50,000 files into a new folder ask nothing.
Status Placement::check_place(const std::string& path, FileType type) {
    const auto parent = exists_below_.find(std::string(parent_path(path)));
    const bool may_exist = parent == exists_below_.end() || parent->second;
    std::optional<TreeEntry> found;
    if (may_exist) {
        MABPLAN_TRY(looked, draft_.look(path));
        found = std::move(looked);
    }
    if (type == FileType::Directory) exists_below_[path] = found && found->type == FileType::Directory;
    if (!found) return {};
    if (type == FileType::Directory && found->type != FileType::Directory)
        return fail(ErrorKind::Step, format("cannot copy a directory to {}: the image has something else there", quoted("/" + path)));
    if (type != FileType::Directory && found->type == FileType::Directory)
        return fail(ErrorKind::Step, format("cannot copy a file to {}: the image has a directory there", quoted("/" + path)));
    return {};
}

Status Placement::place_entry(const std::string& path, const ListedEntry& listed, const std::string& source_path) {
    MABPLAN_CHECK(check_place(path, listed.entry.type));
    LayerEntry entry{path, metadata(listed.entry), {}, LayerMark::None};
    if (entry.entry.hardlink != 0) {
        const auto [first, is_first] = hardlinks_.emplace(entry.entry.hardlink, path);
        if (!is_first) entry.hardlink = first->second;
    }
    draft_.add(std::move(entry));
    copied_.sources.resize(draft_.size());
    copied_.sources.back() = {part_, source_path};
    return {};
}

Status Placement::place_source(const SelectedSource& source) {
    hardlinks_.clear();
    MABPLAN_TRY(destination, draft_.resolve(copy_.destination));
    if (source.kind == SourceKind::Contents) {
        const std::size_t before = draft_.size();
        MABPLAN_CHECK(draft_.make_directories(destination, owner_.value_or(Owner{}), made_mode()));
        if (!source.entries.empty()) MABPLAN_CHECK(draft_.add_parents(joined(destination, "x")));
        exists_below_.try_emplace(destination, draft_.size() == before || destination == ".");
        for (const ListedEntry& listed : source.entries) MABPLAN_CHECK(place_entry(joined(destination, listed.path), listed, mabplan::source_path(source, listed)));
        return {};
    }
    MABPLAN_TRY(existing, draft_.look(destination));
    const bool into = copy_.destination.ends_with('/') || destination == "." || (existing && existing->type == FileType::Directory);
    const std::string path = into ? joined(destination, source.name) : destination;
    MABPLAN_CHECK(draft_.make_directories(std::string(parent_path(path)), owner_.value_or(Owner{}), made_mode()));
    MABPLAN_CHECK(draft_.add_parents(path));
    for (const ListedEntry& listed : source.entries) MABPLAN_CHECK(place_entry(path, listed, mabplan::source_path(source, listed)));
    return {};
}

Result<CopiedEntries> Placement::place(const std::vector<Selection>& parts) {
    if (!copy_.chown.empty()) {
        MABPLAN_TRY(owner, find_owner(copy_.chown, users_));
        owner_ = owner;
        draft_.add_fact(format("owner {}:{}", owner.uid, owner.gid));
    }
    if (!copy_.chmod.empty()) {
        MABPLAN_TRY(mode, FileModeChange::parse(copy_.chmod));
        mode_ = std::move(mode);
    }
    for (part_ = 0; part_ < parts.size(); ++part_)
        for (const SelectedSource& source : parts[part_]) MABPLAN_CHECK(place_source(source));
    copied_.sources.resize(draft_.size());
    return std::move(copied_);
}

}  // namespace

Result<CopiedEntries> place_copy(const CopyAction& copy, const std::vector<Selection>& parts, const UserFiles& users, LayerDraft& draft) {
    return Placement(copy, users, draft).place(parts);
}

}  // namespace mabplan::runtime
