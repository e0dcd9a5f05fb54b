#include "runtime/exec/export_tree.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/layer/tree_layer.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
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

struct Source {
    MergedView* view;
    std::string path;
};

class RootContents final : public ContentOpener {
public:
    explicit RootContents(const std::vector<Source>& sources) : sources_(sources) {}
    Result<Fd> open(std::size_t index) override { return sources_[index].view->open_file(sources_[index].path); }

private:
    const std::vector<Source>& sources_;
};

Status write_regular(MergedView& view, const std::string& path, const std::string& target, const TreeEntry& entry) {
    MABPLAN_TRY(from, view.open_file(path));
    ::unlink(target.c_str());
    MABPLAN_TRY(to, open_file(target, O_WRONLY | O_CREAT | O_EXCL, 0600));
    const auto source = read_from(from.release(), path);
    const auto sink = write_to(to.get(), target);
    MABPLAN_CHECK(copy_bytes(*source, *sink));
    if (::fchmod(to.get(), entry.mode & 0777) != 0) return system_error(errno, "set the mode of", target);
    return {};
}

Status write_entry(MergedView& view, const std::string& path, const std::string& target, const TreeEntry& entry, std::vector<std::string>& notes) {
    struct stat there {};
    const bool exists = ::lstat(target.c_str(), &there) == 0;
    if (exists && S_ISDIR(there.st_mode) != (entry.type == FileType::Directory)) MABPLAN_CHECK(remove_tree(target));
    switch (entry.type) {
        case FileType::Directory:
            if (::mkdir(target.c_str(), 0700) != 0 && errno != EEXIST) return system_error(errno, "make the folder", target);
            return {};
        case FileType::File: return write_regular(view, path, target, entry);
        case FileType::Symlink:
            ::unlink(target.c_str());
            if (::symlink(entry.link_target.c_str(), target.c_str()) != 0) return system_error(errno, "make the link", target);
            return {};
        default: notes.push_back(format("{} is no file, folder or link: it is left out", quoted("/" + path))); return {};
    }
}

}  // namespace

Status write_root_tar(const std::vector<ExportedRoot>& roots, const LayerOptions& options, ByteSink& out) {
    std::vector<LayerEntry> entries;
    std::vector<Source> sources;
    for (const ExportedRoot& root : roots) {
        std::map<std::uint64_t, std::string> names;  // of hard links: the first one is the file
        if (!root.prefix.empty()) {
            TreeEntry folder;
            folder.type = FileType::Directory;
            folder.mode = 0755;
            entries.push_back({root.prefix, folder, {}, LayerMark::None});
            sources.push_back({root.view, "."});
        }
        const Status walked = walk(*root.view, [&](const std::string& path, const TreeEntry& entry) -> Status {
            if (entry.type == FileType::Socket) return {};
            LayerEntry line{joined(root.prefix, path), entry, {}, LayerMark::None};
            if (entry.hardlink != 0) {
                const auto [first, is_first] = names.emplace(entry.hardlink, line.path);
                if (!is_first && layer_order_key({first->second, {}, {}, LayerMark::None}) < layer_order_key(line)) line.hardlink = first->second;
            }
            entries.push_back(std::move(line));
            sources.push_back({root.view, path});
            return {};
        });
        MABPLAN_CHECK(walked);
    }
    RootContents contents(sources);
    return write_tree_layer(entries, contents, options, out);
}

Status write_root_folder(const ExportedRoot& root, const std::string& folder, std::vector<std::string>& notes) {
    const std::string base = root.prefix.empty() ? folder : folder + "/" + root.prefix;
    MABPLAN_CHECK(make_directories(base));
    std::vector<std::pair<std::string, std::uint32_t>> folder_modes;
    const Status walked = walk(*root.view, [&](const std::string& path, const TreeEntry& entry) {
        if (entry.type == FileType::Directory) folder_modes.emplace_back(base + "/" + path, entry.mode & 0777);
        return write_entry(*root.view, path, base + "/" + path, entry, notes);
    });
    // a folder without write permission is closed only when it is full
    for (auto at = folder_modes.rbegin(); at != folder_modes.rend(); ++at) ::chmod(at->first.c_str(), at->second);
    return walked;
}

}  // namespace mabplan::runtime
