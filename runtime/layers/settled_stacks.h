// Stacks of layers as steps mount them: with one layer more where overlayfs alone would show directories with other facts than the image
// has (runtime/snapshot/settled_folders.h says which). Made once for a process and kept in the store like any snapshot. Knows no actions.
#pragma once

#include "plans/tree/tree_reader.h"
#include "runtime/layer/layer_entry.h"
#include "runtime/snapshot/snapshot_store.h"
#include "runtime/sys/guarded.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mabplan::runtime {

class SettledStacks {
public:
    explicit SettledStacks(SnapshotStore& snapshots) : state_(State{snapshots}) {}

    // `stack`: fs directories of snapshots, bottom first. Stacks that begin alike share the layer: it stands above the last one that needs
    // it, and what comes on top is free to change its directories. Any number of threads may ask.
    Result<std::vector<std::string>> settle(std::vector<std::string> stack);
    // The fs directories of the layers that were added.
    std::set<std::string> added() const;

private:
    // Not its path: others may remove it while nobody looks.
    struct Layer {
        LayerEntries entries;  // none: nothing is to be settled
        Digest diff_id;
    };
    struct Known {
        bool implies = false;
        bool hides = false;             // all layers below: its root is opaque (image-spec, layer.md, "Opaque Whiteout")
        std::optional<TreeEntry> root;  // as the layer describes it
    };
    struct State {
        SnapshotStore& snapshots;
        std::map<std::string, Known> looked_at{};             // by fs directory
        std::map<std::vector<std::string>, Layer> folders{};  // by stack
        std::set<std::string> new_paths{};

        Result<Known> look(const std::string& directory);
        Result<std::string> add(const Layer& layer);
        Status leave_out_hidden(std::vector<std::string>& stack);
        Status settle_folders(std::vector<std::string>& stack);
        Status settle_root(std::vector<std::string>& stack);
    };
    static Result<Layer> layer_of(LayerEntries entries);

    Guarded<State> state_;
};

}  // namespace mabplan::runtime
