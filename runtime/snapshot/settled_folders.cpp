#include "runtime/snapshot/settled_folders.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/snapshot/layer_folder.h"
#include "runtime/snapshot/merged_view.h"

#include <map>
#include <utility>

namespace mabplan::runtime {

Result<LayerEntries> settled_folders(const std::vector<std::string>& stack) {
    MABPLAN_TRY(view, MergedView::open(stack));
    std::map<std::string, TreeEntry> folders;
    for (const std::string& layer : stack) {
        MABPLAN_TRY(implied, read_implied(layer));
        for (const std::string& path : implied) {
            if (folders.contains(path)) continue;
            MABPLAN_TRY(facts, view.inherited(path));
            if (!facts) continue;
            folders.emplace(path, std::move(*facts));
            for (std::string way(parent_path(path)); !folders.contains(way); way = std::string(parent_path(way))) {
                MABPLAN_TRY(parent, view.stat(way));
                if (!parent) return fail(ErrorKind::Internal, format("the folder {} is there and its parent is not", quoted(path)));
                folders.emplace(way, std::move(*parent));
            }
        }
    }
    LayerEntries entries;
    for (auto& [path, facts] : folders) entries.push_back({path, std::move(facts), {}, LayerMark::None});
    return entries;
}

Result<std::optional<TreeEntry>> described_root(const std::string& directory) {
    MABPLAN_TRY(layer, open_snapshot_folder(directory));
    MABPLAN_TRY(root, layer->self("/"));
    return root.implicit ? std::optional<TreeEntry>{} : std::optional(std::move(root.facts));
}

LayerEntries settled_root(const TreeEntry& root) {
    LayerEntries entries;
    entries.push_back({".", root, {}, LayerMark::None});
    return entries;
}

}  // namespace mabplan::runtime
