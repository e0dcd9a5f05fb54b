#include "runtime/output/folder_export.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/output/root_overlap.h"
#include "runtime/output/root_walk.h"
#include "runtime/snapshot/folders_beneath.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"
#include "runtime/sys/temporary.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <map>
#include <optional>

namespace mabplan::runtime {

namespace {

// Writes root file systems into folders, as the user who runs: owners are not kept, all else is. By descriptors: paths may be longer
// than the kernel takes, and no symlink that was in the folder before is followed.
class FolderWriter {
public:
    explicit FolderWriter(std::vector<std::string>& notes) : notes_(notes) {}

    // From here on entries are those of the view, and go to the folder.
    Status begin(MergedView& view, std::string base);
    Status write(const std::string& path, const TreeEntry& entry);
    // After all views of a folder: one without write permission is closed only when it is full, and what is put into it changes its time.
    Status finish();

private:
    std::string shown(const std::string& path) const { return base_ + "/" + path; }
    Result<int> parent_of(const std::string& path);
    Status make_way(int parent, const std::string& name, const TreeEntry& entry, const std::string& path);
    Status regular(int parent, const std::string& name, const TreeEntry& entry, const std::string& path);
    Result<bool> linked(int parent, const std::string& name, const TreeEntry& entry, const std::string& path);
    Status set_facts(int parent, const std::string& name, const TreeEntry& entry, const std::string& path) const;

    MergedView* view_ = nullptr;
    std::string base_;
    std::optional<FoldersBeneath> beneath_;
    std::optional<FoldersBeneath> links_;  // to the first names of hard links
    std::vector<std::string>& notes_;
    std::map<std::uint64_t, std::string> first_names_;  // of hard links of this view
    std::vector<std::pair<std::string, TreeEntry>> folders_;
};

Status FolderWriter::begin(MergedView& view, std::string base) {
    view_ = &view;
    first_names_.clear();
    if (beneath_ && base == base_) return {};
    if (beneath_) MABPLAN_CHECK(finish());
    base_ = std::move(base);
    MABPLAN_CHECK(make_directories(base_));
    MABPLAN_TRY(root, open_file(base_, O_RDONLY | O_DIRECTORY));
    MABPLAN_TRY(again, open_file(base_, O_RDONLY | O_DIRECTORY));
    beneath_.emplace(std::move(root));
    links_.emplace(std::move(again));
    return {};
}

Status gone(int, const std::string&, const std::string& path) {
    return fail(ErrorKind::Environment, format("the folder {} went away while it was written", quoted(path)));
}

Result<int> FolderWriter::parent_of(const std::string& path) { return beneath_->open(parent_path(path), gone); }

Status FolderWriter::set_facts(int parent, const std::string& name, const TreeEntry& entry, const std::string& path) const {
    if (entry.type != FileType::Symlink && ::fchmodat(parent, name.c_str(), entry.mode, 0) != 0)
        return system_error(errno, "set the mode of", shown(path));
    const timespec time{static_cast<time_t>(entry.mtime_s), static_cast<long>(entry.mtime_ns)};
    const std::array<timespec, 2> times{time, time};
    if (::utimensat(parent, name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) != 0)
        return system_error(errno, "set the time of", shown(path));
    return {};
}

// True if it is another name of what was written already.
Result<bool> FolderWriter::linked(int parent, const std::string& name, const TreeEntry& entry, const std::string& path) {
    if (entry.hardlink == 0) return false;
    const auto [first, is_first] = first_names_.emplace(entry.hardlink, path);
    if (is_first) return false;
    MABPLAN_TRY(folder, links_->open(parent_path(first->second), gone));
    return ::linkat(folder, std::string(base_name(first->second)).c_str(), parent, name.c_str(), 0) == 0;
}

Status FolderWriter::regular(int parent, const std::string& name, const TreeEntry& entry, const std::string& path) {
    MABPLAN_TRY(is_linked, linked(parent, name, entry, path));
    if (is_linked) return {};
    MABPLAN_TRY(from, view_->open_file(path));
    const Fd to(::openat(parent, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!to.valid()) return system_error(errno, "create", shown(path));
    const auto source = read_from(from.release(), path);
    const auto sink = write_to(to.get(), shown(path));
    MABPLAN_CHECK(copy_bytes(*source, *sink));
    return set_facts(parent, name, entry, path);
}

// What was in the folder before goes, but for a folder that stays one.
Status FolderWriter::make_way(int parent, const std::string& name, const TreeEntry& entry, const std::string& path) {
    struct stat there {};
    if (::fstatat(parent, name.c_str(), &there, AT_SYMLINK_NOFOLLOW) != 0) return {};
    if (S_ISDIR(there.st_mode) && entry.type == FileType::Directory) return {};
    return remove_tree_at(parent, name, shown(std::string(parent_path(path))));
}

Status FolderWriter::write(const std::string& path, const TreeEntry& entry) {
    MABPLAN_TRY(parent, parent_of(path));
    const std::string name(base_name(path));
    MABPLAN_CHECK(make_way(parent, name, entry, path));
    switch (entry.type) {
        case FileType::Directory:
            if (::mkdirat(parent, name.c_str(), 0700) != 0 && (errno != EEXIST || ::fchmodat(parent, name.c_str(), 0700, 0) != 0))
                return system_error(errno, "make the folder", shown(path));
            folders_.emplace_back(path, entry);
            return {};
        case FileType::File: return regular(parent, name, entry, path);
        case FileType::Symlink:
            if (::symlinkat(entry.link_target.c_str(), parent, name.c_str()) != 0) return system_error(errno, "make the link", shown(path));
            return set_facts(parent, name, entry, path);
        default: notes_.push_back(format("{} is no file, folder or link: it is left out", quoted("/" + path))); return {};
    }
}

Status FolderWriter::finish() {
    for (auto folder = folders_.rbegin(); folder != folders_.rend(); ++folder) {
        MABPLAN_TRY(parent, parent_of(folder->first));
        MABPLAN_CHECK(set_facts(parent, std::string(base_name(folder->first)), folder->second, folder->first));
    }
    folders_.clear();
    return {};
}

}  // namespace

namespace {

Status write_roots(const std::vector<ExportedRoot>& roots, const std::string& folder, std::vector<std::string>& notes) {
    FolderWriter writer(notes);
    const auto write_all = [&]() -> Status {
        for (std::size_t index = 0; index < roots.size(); ++index) {
            const ExportedRoot& root = roots[index];
            MABPLAN_CHECK(writer.begin(*root.view, root.prefix.empty() ? folder : folder + "/" + root.prefix));
            MABPLAN_CHECK(walk_root(*root.view, [&](const std::string& path, const TreeEntry& entry) -> Status {
                MABPLAN_TRY(there, is_there_already(roots, index, path));
                return there ? Status{} : writer.write(path, entry);
            }));
        }
        return {};
    };
    const Status written = write_all();
    const Status finished = writer.finish();
    return written ? finished : written;
}

}  // namespace

Status write_root_folder(const std::vector<ExportedRoot>& roots, const std::string& folder, std::vector<std::string>& notes) {
    MABPLAN_CHECK(check_overlap(roots));
    const std::string parent(parent_path(folder));
    MABPLAN_CHECK(make_directories(parent));
    sweep_beside(folder);
    if (path_exists(folder)) return write_roots(roots, folder, notes);
    MABPLAN_TRY(making, make_fresh_folder(parent, unfinished_stem(base_name(folder)), 0755));
    MABPLAN_TRY(lock, open_file(making, O_RDONLY | O_DIRECTORY));
    static_cast<void>(::flock(lock.get(), LOCK_EX | LOCK_NB) == 0);  // it is no leftover
    Status written = write_roots(roots, making, notes);
    const bool is_named = written && ::rename(making.c_str(), folder.c_str()) == 0;
    const int why = errno;
    if (is_named) return {};
    static_cast<void>(remove_tree(making));
    if (!written) return written;
    // another one was quicker: what is there already stays
    if (why == EEXIST || why == ENOTEMPTY) return write_roots(roots, folder, notes);
    return system_error(why, "rename to", folder);
}

}  // namespace mabplan::runtime
