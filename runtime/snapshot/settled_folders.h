// One more layer for a stack: the directories that its layers have without describing them, as the layers below do. overlayfs would
// show such a directory as the topmost layer happens to have it; with this one on top everybody sees what a MergedView shows. Depends on
// the stack, so it is no part of any of its layers.
#pragma once

#include "plans/base/result.h"
#include "runtime/layer/layer_entry.h"

#include <optional>
#include <string>
#include <vector>

namespace mabplan::runtime {

// The entries of that layer, with the directories that lead to them; none if there is nothing to settle. `stack`: fs directories of
// snapshots, bottom first.
Result<LayerEntries> settled_folders(const std::vector<std::string>& stack);

// What a snapshot says of the root; nothing if it does not describe it.
Result<std::optional<TreeEntry>> described_root(const std::string& directory);
// A layer of the root alone, for what stands on a stack whose topmost layer does not describe it.
LayerEntries settled_root(const TreeEntry& root);

}  // namespace mabplan::runtime
