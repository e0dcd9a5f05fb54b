#include "runtime/layers/settled_stacks.h"

#include "runtime/layer/byte_pipe.h"
#include "runtime/layer/tree_layer.h"
#include "runtime/layer/upper_entry.h"
#include "runtime/snapshot/layer_folder.h"
#include "runtime/snapshot/settled_folders.h"

#include <sys/xattr.h>

#include <cstddef>
#include <utility>

namespace mabplan::runtime {

namespace {

// Times are nobody's concern there: every step that makes something at the top changes that of the root.
bool is_plain(const TreeEntry& root) {
    const TreeEntry plain = implicit_facts();
    return root.mode == plain.mode && root.uid == plain.uid && root.gid == plain.gid && root.xattrs.empty();
}

Status write(const LayerEntries& entries, ByteSink& out) {
    NoContents contents;
    return write_tree_layer(entries, contents, {}, out);
}

}  // namespace

Result<std::vector<std::string>> SettledStacks::settle(std::vector<std::string> stack) {
    const auto state = state_.lock();
    MABPLAN_CHECK(state->settle_folders(stack));  // of hidden directories as well: those that come again have their facts (merged_view.h)
    MABPLAN_CHECK(state->settle_root(stack));
    MABPLAN_CHECK(state->leave_out_hidden(stack));
    return stack;
}

std::set<std::string> SettledStacks::added() const { return state_.lock()->new_paths; }

Result<SettledStacks::Known> SettledStacks::State::look(const std::string& directory) {
    if (const auto found = looked_at.find(directory); found != looked_at.end()) return found->second;
    MABPLAN_TRY(implied, read_implied(directory));
    MABPLAN_TRY(root, described_root(directory));
    return looked_at[directory] = {!implied.empty(), ::getxattr(directory.c_str(), kOpaqueXattr, nullptr, 0) > 0, std::move(root)};
}

Result<SettledStacks::Layer> SettledStacks::layer_of(LayerEntries entries) {
    Layer layer{std::move(entries), {}};
    HashingSink hash;
    MABPLAN_CHECK(write(layer.entries, hash));
    layer.diff_id = hash.finish();
    return layer;
}

// A layer like any: the store has it once, whoever needs it.
Result<std::string> SettledStacks::State::add(const Layer& layer) {
    MABPLAN_TRY(path,
                snapshots.ensure(layer.diff_id, [&] { return read_produced([&](ByteSink& out) { return write(layer.entries, out); }); }));
    new_paths.insert(path);
    return path;
}

// overlayfs does not ask whether the root of a layer is opaque.
Status SettledStacks::State::leave_out_hidden(std::vector<std::string>& stack) {
    for (std::size_t i = stack.size(); i > 1; --i) {
        MABPLAN_TRY(known, look(stack[i - 1]));
        if (!known.hides) continue;
        stack.erase(stack.begin(), stack.begin() + static_cast<std::ptrdiff_t>(i - 1));
        return {};
    }
    return {};
}

Status SettledStacks::State::settle_folders(std::vector<std::string>& stack) {
    std::size_t end = 0;  // behind the last layer that implies directories
    for (std::size_t i = 0; i < stack.size(); ++i) {
        MABPLAN_TRY(known, look(stack[i]));
        if (known.implies) end = i + 1;
    }
    if (end == 0) return {};
    const auto above = stack.begin() + static_cast<std::ptrdiff_t>(end);
    const std::vector<std::string> settled(stack.begin(), above);
    auto layer = folders.find(settled);
    if (layer == folders.end()) {
        MABPLAN_TRY(entries, settled_folders(settled));
        MABPLAN_TRY(made, layer_of(std::move(entries)));
        layer = folders.emplace(settled, std::move(made)).first;
    }
    if (layer->second.entries.empty()) return {};
    MABPLAN_TRY(path, add(layer->second));
    stack.insert(above, std::move(path));
    return {};
}

// overlayfs shows the root as the topmost layer has it.
Status SettledStacks::State::settle_root(std::vector<std::string>& stack) {
    for (std::size_t i = stack.size(); i > 0; --i) {
        MABPLAN_TRY(known, look(stack[i - 1]));
        if (!known.root) continue;
        if (i == stack.size() || is_plain(*known.root)) return {};
        MABPLAN_TRY(layer, layer_of(settled_root(*known.root)));
        MABPLAN_TRY(added, add(layer));
        stack.push_back(std::move(added));
        return {};
    }
    return {};
}

}  // namespace mabplan::runtime
