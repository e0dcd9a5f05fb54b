#include "runtime/exec/export_tree.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/exec/root_overlap.h"
#include "runtime/exec/root_walk.h"
#include "runtime/layer/tree_layer.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <map>

namespace mabplan::runtime {

namespace {

class RootContents final : public ContentOpener {
public:
    explicit RootContents(const std::vector<ExportedRoot>& roots) : roots_(roots) {}
    Result<OpenedContent> open(const LayerEntry& entry) override {
        const ExportedRoot& root = roots_[entry.content];
        const std::size_t prefix = root.prefix.empty() ? 0 : root.prefix.size() + 1;
        MABPLAN_TRY(file, root.view->open_file(std::string_view(entry.path).substr(prefix)));
        return OpenedContent{std::move(file)};
    }

private:
    const std::vector<ExportedRoot>& roots_;
};

// Writes root file systems into folders, as the user who runs: owners are not kept, all else is.
class FolderWriter {
public:
    explicit FolderWriter(std::vector<std::string>& notes) : notes_(notes) {}

    // From here on entries are those of the view, and go to the folder.
    Status begin(MergedView& view, std::string base);
    Status write(const std::string& path, const TreeEntry& entry);
    // After all roots: a folder without write permission is closed only when it is full, and what is put into it changes its time.
    Status finish();

private:
    Status regular(const std::string& path, const std::string& target, const TreeEntry& entry);
    Status set_facts(const std::string& target, const TreeEntry& entry) const;

    MergedView* view_ = nullptr;
    std::string base_;
    std::vector<std::string>& notes_;
    std::map<std::uint64_t, std::string> first_names_;  // of hard links of this view
    std::vector<std::pair<std::string, TreeEntry>> folders_;
};

Status FolderWriter::begin(MergedView& view, std::string base) {
    view_ = &view;
    base_ = std::move(base);
    first_names_.clear();
    return make_directories(base_);
}

Status FolderWriter::set_facts(const std::string& target, const TreeEntry& entry) const {
    if (entry.type != FileType::Symlink && ::chmod(target.c_str(), entry.mode) != 0) return system_error(errno, "set the mode of", target);
    const timespec time{static_cast<time_t>(entry.mtime_s), static_cast<long>(entry.mtime_ns)};
    const std::array<timespec, 2> times{time, time};
    if (::utimensat(AT_FDCWD, target.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) != 0) return system_error(errno, "set the time of", target);
    return {};
}

Status FolderWriter::regular(const std::string& path, const std::string& target, const TreeEntry& entry) {
    ::unlink(target.c_str());
    if (entry.hardlink != 0) {
        const auto [first, is_first] = first_names_.emplace(entry.hardlink, target);
        if (!is_first && ::link(first->second.c_str(), target.c_str()) == 0) return {};
    }
    MABPLAN_TRY(from, view_->open_file(path));
    MABPLAN_TRY(to, open_file(target, O_WRONLY | O_CREAT | O_EXCL, 0600));
    const auto source = read_from(from.release(), path);
    const auto sink = write_to(to.get(), target);
    MABPLAN_CHECK(copy_bytes(*source, *sink));
    return set_facts(target, entry);
}

Status FolderWriter::write(const std::string& path, const TreeEntry& entry) {
    const std::string target = base_ + "/" + path;
    struct stat there {};
    const bool exists = ::lstat(target.c_str(), &there) == 0;
    if (exists && S_ISDIR(there.st_mode) != (entry.type == FileType::Directory)) MABPLAN_CHECK(remove_tree(target));
    switch (entry.type) {
        case FileType::Directory:
            if (::mkdir(target.c_str(), 0700) != 0 && (errno != EEXIST || ::chmod(target.c_str(), 0700) != 0))
                return system_error(errno, "make the folder", target);
            folders_.emplace_back(target, entry);
            return {};
        case FileType::File: return regular(path, target, entry);
        case FileType::Symlink:
            ::unlink(target.c_str());
            if (::symlink(entry.link_target.c_str(), target.c_str()) != 0) return system_error(errno, "make the link", target);
            return set_facts(target, entry);
        default: notes_.push_back(format("{} is no file, folder or link: it is left out", quoted("/" + path))); return {};
    }
}

Status FolderWriter::finish() {
    for (auto folder = folders_.rbegin(); folder != folders_.rend(); ++folder) MABPLAN_CHECK(set_facts(folder->first, folder->second));
    return {};
}

}  // namespace

Status write_root_tar(const std::vector<ExportedRoot>& roots, const LayerOptions& options, ByteSink& out) {
    MABPLAN_CHECK(check_overlap(roots));
    LayerEntries entries;
    for (std::size_t index = 0; index < roots.size(); ++index) {
        const ExportedRoot& root = roots[index];
        std::map<std::uint64_t, std::string> names;  // of hard links: the first one is the file
        if (!root.prefix.empty()) {
            TreeEntry folder;
            folder.type = FileType::Directory;
            folder.mode = 0755;
            entries.push_back({root.prefix, folder, {}, LayerMark::None});
        }
        const Status walked = walk_root(*root.view, [&](const std::string& path, const TreeEntry& entry) -> Status {
            if (entry.type == FileType::Socket) return {};
            MABPLAN_TRY(there, is_there_already(roots, index, path));
            if (there) return {};
            LayerEntry line{root.prefix.empty() ? path : root.prefix + "/" + path, entry, {}, LayerMark::None, static_cast<std::uint32_t>(index)};
            if (entry.hardlink != 0) {
                const auto [first, is_first] = names.emplace(entry.hardlink, line.path);
                if (!is_first && precedes_in_layer({first->second}, {line.path})) line.hardlink = first->second;
            }
            entries.push_back(line);
            return {};
        });
        MABPLAN_CHECK(walked);
    }
    RootContents contents(roots);
    return write_tree_layer(entries, contents, options, out);
}

Status write_root_folder(const std::vector<ExportedRoot>& roots, const std::string& folder, std::vector<std::string>& notes) {
    MABPLAN_CHECK(check_overlap(roots));
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

}  // namespace mabplan::runtime
