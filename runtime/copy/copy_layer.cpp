#include "runtime/copy/copy_layer.h"

#include "plans/base/file_mode.h"
#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/copy/archive_tree.h"

#include <map>
#include <unordered_map>
#include <unordered_set>

namespace mabplan::runtime {

namespace {

constexpr std::uint32_t kDirectoryMode = 0755;

Failure in_the_way(const std::string& path, bool copied_directory, const std::string& what_stands_there) {
    Error error{ErrorKind::Step,
                format("cannot copy a {} to {}: {}", copied_directory ? "directory" : "file", quoted("/" + path), what_stands_there),
                {},
                {},
                {},
                {}};
    if (copied_directory)
        error.hint = "what is copied replaces files alone: name another destination, or remove in a RUN before what stands there";
    return fail(std::move(error));
}

class Placement {
public:
    Placement(const CopyAction& copy, const UserFiles& users, TimesInCopies times, LayerDraft& draft)
        : copy_(copy), users_(users), times_(times), draft_(draft) {}

    Result<std::vector<ContentPlace>> place(std::vector<PartToPlace> parts);

private:
    Status place_part(PartToPlace& part);
    Status place_source(SelectedSource& source);
    Status place_archive(const AddedArchive& archive);
    Status finish_archives();
    std::size_t add_place(const std::string& source_path, std::optional<std::size_t> destination_bytes);
    Status place_entry(const std::string& path, const ListedEntry& listed, std::size_t place);
    Status check_place(const std::string& path, FileType type);
    TreeEntry metadata(const TreeEntry& from) const;
    // Of folders that the copy makes: as BuildKit, a number is for them too, but for its set-id and sticky bits.
    std::uint32_t made_mode() const { return mode_ && mode_->fixed_mode() ? *mode_->fixed_mode() & 0777U : kDirectoryMode; }

    const CopyAction& copy_;
    const UserFiles& users_;
    TimesInCopies times_;
    LayerDraft& draft_;
    std::optional<Owner> owner_;
    std::optional<FileModeChange> mode_;
    std::size_t part_ = 0;
    std::vector<ContentPlace> places_;
    std::optional<ArchiveTree> archives_;                       // archives that follow each other are unpacked over each other
    std::unordered_map<std::uint64_t, std::string> hardlinks_;  // of the source being placed: group -> path of its first name
    std::unordered_map<std::string, bool> exists_below_;        // directories placed: did the root have them
    bool several_sources_ = false;
    std::unordered_map<std::string, bool> placed_;  // where there are several sources, what they placed: is it a directory
};

TreeEntry Placement::metadata(const TreeEntry& from) const {
    TreeEntry entry = from;
    if (owner_) {
        entry.uid = owner_->uid;
        entry.gid = owner_->gid;
    }
    if (times_ == TimesInCopies::AsPartsSay && copy_.parts[part_].times == SourceTimes::Set) entry.mtime_s = draft_.now();
    if (mode_ && entry.type != FileType::Symlink) entry.mode = mode_->apply(entry.mode, entry.type == FileType::Directory);
    return entry;
}

// Below a directory that the root does not have there is nothing to look at: 50,000 files into a new folder ask nothing.
Status Placement::check_place(const std::string& path, FileType type) {
    const auto parent = exists_below_.find(std::string(parent_path(path)));
    const bool may_exist = parent == exists_below_.end() || parent->second;
    const bool is_directory = type == FileType::Directory;
    if (several_sources_) {
        const auto [placed, is_first] = placed_.emplace(path, is_directory);
        if (!is_first && placed->second != is_directory)
            return in_the_way(path, is_directory, format("another source has a {} there", is_directory ? "file" : "directory"));
        if (!is_first) return {};
    }
    std::optional<TreeEntry> found;
    if (may_exist) {
        MABPLAN_TRY(looked, draft_.look(path));
        found = std::move(looked);
    }
    const bool found_directory = found && found->type == FileType::Directory;
    if (is_directory) exists_below_[path] = found_directory;
    if (found && found_directory != is_directory)
        return in_the_way(path, is_directory, format("the image has {} there", describe_entry(*found)));
    return {};
}

Status Placement::place_entry(const std::string& path, const ListedEntry& listed, std::size_t place) {
    MABPLAN_CHECK(check_place(path, listed.entry.type));
    LayerEntry entry{path, metadata(listed.entry), {}, LayerMark::None};
    // As BuildKit copies: symlinks and fifos with several names become several files.
    if (entry.entry.hardlink != 0 && entry.entry.type == FileType::File) {
        const auto [first, is_first] = hardlinks_.emplace(entry.entry.hardlink, path);
        if (!is_first) entry.hardlink = first->second;
    }
    entry.content = static_cast<std::uint32_t>(place);
    draft_.add(entry);
    return {};
}

std::size_t Placement::add_place(const std::string& source_path, std::optional<std::size_t> destination_bytes) {
    places_.emplace_back(InSource{static_cast<std::uint32_t>(part_), source_path, destination_bytes});
    return places_.size() - 1;
}

Status Placement::place_source(SelectedSource& source) {
    hardlinks_.clear();
    MABPLAN_TRY(destination, draft_.resolve(copy_.destination));
    if (source.kind == SourceKind::Contents) {
        const std::size_t before = draft_.size();
        MABPLAN_CHECK(draft_.make_directories(destination, owner_.value_or(Owner{}), made_mode()));
        exists_below_.try_emplace(destination, draft_.size() == before);
        if (!source.entries.empty()) MABPLAN_CHECK(draft_.add_parents(path_in(destination, "x")));
        const std::size_t place = add_place(source.path, destination == "." ? 0 : destination.size() + 1);
        for (std::size_t i = 0; i < source.entries.size(); ++i) {
            const ListedEntry listed = source.entries[i];
            MABPLAN_CHECK(place_entry(path_in(destination, listed.path), listed, place));
            source.entries.release_before(i);
        }
        return {};
    }
    MABPLAN_TRY(existing, draft_.look(destination));
    const bool into = copy_.destination.ends_with('/') || destination == "." || (existing && existing->type == FileType::Directory);
    const std::string path = into ? path_in(destination, source.name) : destination;
    MABPLAN_CHECK(draft_.make_directories(std::string(parent_path(path)), owner_.value_or(Owner{}), made_mode()));
    MABPLAN_CHECK(draft_.add_parents(path));
    for (const ListedEntry& listed : source.entries) MABPLAN_CHECK(place_entry(path, listed, add_place(source.path, std::nullopt)));
    return {};
}

// An archive's destination is a directory, whether written with a slash or not. --chmod says nothing of it.
Status Placement::place_archive(const AddedArchive& archive) {
    if (!archives_) {
        MABPLAN_TRY(destination, draft_.resolve(copy_.destination));
        const std::size_t before = draft_.size();
        MABPLAN_CHECK(draft_.make_directories(destination, owner_.value_or(Owner{}), kDirectoryMode));
        archives_.emplace(draft_, destination, draft_.size() != before, owner_);
    }
    return archives_->unpack(archive);
}

Status Placement::finish_archives() {
    if (!archives_) return {};
    MABPLAN_CHECK(archives_->finish(places_));
    archives_.reset();
    return {};
}

Status Placement::place_part(PartToPlace& part) {
    for (std::size_t index = 0; index < part.selection.size(); ++index) {
        SelectedSource source = std::move(part.selection[index]);
        const auto archive = part.archives.find(index);
        if (archive != part.archives.end()) {
            MABPLAN_CHECK(place_archive(archive->second));
            continue;
        }
        MABPLAN_CHECK(finish_archives());
        MABPLAN_CHECK(place_source(source));
    }
    return {};
}

Result<std::vector<ContentPlace>> Placement::place(std::vector<PartToPlace> parts) {
    if (!copy_.chown.empty()) {
        MABPLAN_TRY(owner, find_owner(copy_.chown, users_));
        owner_ = owner;
        draft_.add_fact(format("owner {}:{}", owner.uid, owner.gid));
    }
    if (!copy_.chmod.empty()) {
        MABPLAN_TRY(mode, FileModeChange::parse(copy_.chmod));
        mode_ = std::move(mode);
    }
    several_sources_ = parts.size() > 1 || (!parts.empty() && parts.front().selection.size() > 1);
    for (part_ = 0; part_ < parts.size(); ++part_) MABPLAN_CHECK(place_part(parts[part_]));
    MABPLAN_CHECK(finish_archives());
    return std::move(places_);
}

}  // namespace

Result<std::vector<ContentPlace>> place_copy(const CopyAction& copy, std::vector<PartToPlace> parts, const UserFiles& users,
                                             TimesInCopies times, LayerDraft& draft) {
    return Placement(copy, users, times, draft).place(std::move(parts));
}

std::vector<BakedIn> closed_folders(const CopyAction& copy, const LayerEntries& entries) {
    constexpr std::size_t kMostTold = 100;
    const auto mode = copy.chmod.empty() ? std::nullopt
                                         : FileModeChange::parse(copy.chmod)
                                               .map([](const FileModeChange& change) { return change.fixed_mode(); })
                                               .value_or(std::nullopt);
    std::vector<BakedIn> closed;
    if (!mode || (*mode & 0111U) != 0) return closed;
    for (const LayerEntry& each : entries)
        if (each.entry.type == FileType::Directory && (each.entry.mode & 0777U) == (*mode & 0777U) && closed.size() < kMostTold)
            closed.push_back({std::string(baked::kClosedFolder), "/" + each.path});
    return closed;
}

}  // namespace mabplan::runtime
