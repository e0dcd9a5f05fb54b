#include "runtime/exec/export_tree.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/layer/tree_layer.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <functional>
#include <map>

namespace mabplan::runtime {

namespace {

std::string joined(const std::string& parent, const std::string& name) {
    return parent == "." || parent.empty() ? name : parent + "/" + name;
}

using Visit = std::function<Status(const std::string& path, const TreeEntry& entry)>;

// Every entry below the root of the view, parents first.
Status walk(MergedView& view, const Visit& visit) {
    std::vector<std::string> folders{"."};
    while (!folders.empty()) {
        const std::string folder = std::move(folders.back());
        folders.pop_back();
        MABPLAN_TRY(entries, view.list(folder));
        for (const TreeEntry& entry : entries) {
            const std::string path = joined(folder, entry.name);
            MABPLAN_CHECK(visit(path, entry));
            if (entry.type == FileType::Directory) folders.push_back(path);
        }
    }
    return {};
}

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

// Writes a root file system into a folder, as the user who runs: owners are not kept, all else is.
class FolderWriter {
public:
    FolderWriter(MergedView& view, std::string base, std::vector<std::string>& notes) : view_(view), base_(std::move(base)), notes_(notes) {}

    Status write(const std::string& path, const TreeEntry& entry);
    // A folder without write permission is closed only when it is full, and what is put into it changes its time.
    Status finish();

private:
    Status regular(const std::string& path, const std::string& target, const TreeEntry& entry);
    Status set_facts(const std::string& target, const TreeEntry& entry) const;

    MergedView& view_;
    std::string base_;
    std::vector<std::string>& notes_;
    std::map<std::uint64_t, std::string> first_names_;  // of hard links
    std::vector<std::pair<std::string, TreeEntry>> folders_;
};

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
    MABPLAN_TRY(from, view_.open_file(path));
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
    LayerEntries entries;
    std::uint32_t number = 0;  // of the root
    for (const ExportedRoot& root : roots) {
        std::map<std::uint64_t, std::string> names;  // of hard links: the first one is the file
        if (!root.prefix.empty()) {
            TreeEntry folder;
            folder.type = FileType::Directory;
            folder.mode = 0755;
            entries.push_back({root.prefix, folder, {}, LayerMark::None});
        }
        const Status walked = walk(*root.view, [&](const std::string& path, const TreeEntry& entry) -> Status {
            if (entry.type == FileType::Socket) return {};
            LayerEntry line{joined(root.prefix, path), entry, {}, LayerMark::None, number};
            if (entry.hardlink != 0) {
                const auto [first, is_first] = names.emplace(entry.hardlink, line.path);
                if (!is_first && precedes_in_layer({first->second}, {line.path})) line.hardlink = first->second;
            }
            entries.push_back(line);
            return {};
        });
        MABPLAN_CHECK(walked);
        ++number;
    }
    RootContents contents(roots);
    return write_tree_layer(entries, contents, options, out);
}

Status write_root_folder(const ExportedRoot& root, const std::string& folder, std::vector<std::string>& notes) {
    const std::string base = root.prefix.empty() ? folder : folder + "/" + root.prefix;
    MABPLAN_CHECK(make_directories(base));
    FolderWriter writer(*root.view, base, notes);
    const Status walked = walk(*root.view, [&](const std::string& path, const TreeEntry& entry) { return writer.write(path, entry); });
    const Status finished = writer.finish();
    return walked ? finished : walked;
}

}  // namespace mabplan::runtime
