#include "runtime/exec/action_mounts.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/oci/chain_id.h"
#include "runtime/freshness/seen_files.h"
#include "runtime/snapshot/unpack.h"

#include <algorithm>

namespace mabplan::runtime {

namespace {

constexpr std::uint32_t kBehindLayers = 1800;  // half of the hour that a chain has before a given epoch

// Two mounts of one folder and its own owner, mode and time beside what is in it.
std::string with_own_facts(const Digest& files, const TreeEntry& entry) {
    return format("{} {} {:o} {}:{} {}", files.text(), file_type_letter(entry.type), entry.mode, entry.uid, entry.gid, entry.mtime_s);
}

}  // namespace

ActionMounts::ActionMounts(const Sources& sources, std::optional<LayerTime> time) : sources_(sources), time_(time) {
    if (time_) time_->place = std::max(time_->place, kBehindLayers);
}

// Of a context the digest of what was chosen when the plan was made; of a whole root file system its layers, which say it without a
// look at the files; of a part of one the files.
Result<std::string> ActionMounts::identity(const FileOrigin& from, const std::string& source) {
    if (const auto* context = std::get_if<ContextFiles>(&from)) return context->tree.text();
    if (const auto* files = std::get_if<InlineFiles>(&from)) return inline_identity(*files);
    const auto& root = std::get<RootFiles>(from).root;
    if (source == "/") return chain_text(sources_.results.chain(root));
    MABPLAN_TRY(view, sources_.layers.view(sources_.results.chain(root)));
    SelectionOptions options;
    options.wildcards = SourceWildcards::Literal;
    MABPLAN_TRY(selection, select_sources(view, {source}, options));
    return with_own_facts(dated_selection_digest(selection), selection.front().entry);
}

Result<LayersMount> ActionMounts::layers(const FileOrigin& from, const std::string& source) {
    if (const auto* root = std::get_if<RootFiles>(&from)) {
        MABPLAN_TRY(folders, sources_.layers.snapshots(sources_.results.chain(root->root)));
        return LayersMount{std::move(folders), source};
    }
    MABPLAN_TRY(copied, sources_.copies.copied_files(from, source, time_));
    MABPLAN_TRY(folder, sources_.layers.snapshot(copied.diff_id));
    return LayersMount{{std::move(folder)}, copied.path};
}

// A folder that is made for nothing is like any; what comes from a context belongs to root.
Result<TreeEntry> ActionMounts::facts(const FileOrigin& from, const std::string& source) {
    if (const auto* context = std::get_if<ContextFiles>(&from)) {
        MABPLAN_TRY(tree, sources_.contexts.open(sources_.plan.contexts[context->context.index]));
        MABPLAN_TRY(entry, tree->stat(source == "/" ? "." : source.substr(1)));
        TreeEntry facts = implicit_facts();
        if (entry && entry->type == FileType::Directory) facts.mode = entry->mode;
        return facts;
    }
    const auto* files = std::get_if<RootFiles>(&from);
    if (files == nullptr || !files->root) return implicit_facts();
    MABPLAN_TRY(view, sources_.layers.view(sources_.results.chain(files->root)));
    MABPLAN_TRY(path, view.resolve(source, true));
    MABPLAN_TRY(entry, view.stat(path));
    return entry.value_or(implicit_facts());
}

// Those who made the files saw the root that they come from.
Status ActionMounts::note_seed(const std::string& folder, const FileOrigin& from) {
    SeenTable table{1, {}};
    if (const auto* root = std::get_if<RootFiles>(&from)) {
        MABPLAN_TRY(layers, sources_.layers.snapshots(sources_.results.chain(root->root)));
        MABPLAN_TRY(sight, StepSight::look(seen_layers(), layers, {}));
        for (const SeenFile& file : sight.files()) table.records.push_back({file.key, file.content, 0, file.source, {}});
    }
    MABPLAN_TRY(seen, SeenFiles::lock(folder, sources_.stop_fd));
    return seen.write(table);
}

SeenLayers ActionMounts::seen_layers() const {
    SeenLayers layers{sources_.layers.listings(), sources_.layers.settling_folders()};  // base images have them
    const SnapshotStore& snapshots = sources_.layers.snapshot_store();
    std::vector<std::string> given;
    for (std::uint32_t i = 0; i < sources_.plan.actions.size(); ++i) {
        const Work& work = sources_.plan.actions[i].work;
        if (const auto* image = std::get_if<ImageAction>(&work))
            for (const BaseLayer& layer : image->layers) layers.made.insert(snapshots.path(layer.diff_id));
        const auto result = sources_.results.find({i});
        if (!result) continue;
        if (std::holds_alternative<RunAction>(work)) layers.made.insert(snapshots.path(result->diff_id));
        else given.push_back(snapshots.path(result->diff_id));
    }
    for (const std::string& layer : given) layers.made.erase(layer);  // one layer may be both
    return layers;
}

Status ActionMounts::copy_into(const std::string& folder, const FileOrigin& from, const std::string& source) {
    const auto* root = std::get_if<RootFiles>(&from);
    if (root != nullptr && !root->root) return {};
    MABPLAN_TRY(copied, sources_.copies.copied_files(from, source, time_));
    MABPLAN_TRY(tar, sources_.layers.open_tar(copied.diff_id));
    MABPLAN_CHECK(unpack_layer(*tar, folder));
    return note_seed(folder, from);
}

}  // namespace mabplan::runtime
