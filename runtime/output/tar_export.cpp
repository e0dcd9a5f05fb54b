#include "runtime/output/tar_export.h"

#include "runtime/layer/tree_layer.h"
#include "runtime/output/root_overlap.h"
#include "runtime/output/root_walk.h"

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

// Names of hard links of one root: the first one is the file.
using FirstNames = std::map<std::uint64_t, std::string>;

LayerEntry line_of(const std::string& prefix, const std::string& path, const TreeEntry& entry, std::uint32_t root, FirstNames& names) {
    LayerEntry line{prefix.empty() ? path : prefix + "/" + path, entry, {}, LayerMark::None, root};
    if (entry.hardlink == 0) return line;
    const auto [first, is_first] = names.emplace(entry.hardlink, line.path);
    if (!is_first && precedes_in_layer({first->second}, {line.path})) line.hardlink = first->second;
    return line;
}

Status list_root(const std::vector<ExportedRoot>& roots, std::size_t index, LayerEntries& entries) {
    const ExportedRoot& root = roots[index];
    if (!root.prefix.empty()) {
        TreeEntry folder;
        folder.type = FileType::Directory;
        folder.mode = 0755;
        entries.push_back({root.prefix, folder, {}, LayerMark::None});
    }
    FirstNames names;
    return walk_root(*root.view, [&](const std::string& path, const TreeEntry& entry) -> Status {
        if (entry.type == FileType::Socket) return {};
        MABPLAN_TRY(there, is_there_already(roots, index, path));
        if (!there) entries.push_back(line_of(root.prefix, path, entry, static_cast<std::uint32_t>(index), names));
        return {};
    });
}

}  // namespace

Status write_root_tar(const std::vector<ExportedRoot>& roots, const LayerOptions& options, ByteSink& out) {
    MABPLAN_CHECK(check_overlap(roots));
    LayerEntries entries;
    for (std::size_t index = 0; index < roots.size(); ++index) MABPLAN_CHECK(list_root(roots, index, entries));
    RootContents contents(roots);
    return write_tree_layer(entries, contents, options, out);
}

}  // namespace mabplan::runtime
