#include "runtime/exec/action_mounts.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/oci/chain_id.h"

#include <algorithm>
#include <set>

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

Result<LayersInput> ActionMounts::layers(const FileOrigin& from, const std::string& source) {
    if (const auto* root = std::get_if<RootFiles>(&from)) return LayersInput{sources_.results.chain(root->root), source};
    MABPLAN_TRY(copied, sources_.copies.copied_files(from, source, time_));
    return LayersInput{{copied.diff_id}, copied.path};
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

// Those who made the files of a root file system saw all of it.
Result<std::optional<CacheSeed>> ActionMounts::seed(const FileOrigin& from, const std::string& source) {
    const auto* root = std::get_if<RootFiles>(&from);
    if (root != nullptr && !root->root) return std::optional<CacheSeed>();
    MABPLAN_TRY(copied, sources_.copies.copied_files(from, source, time_));
    return std::optional(CacheSeed{copied.diff_id, root == nullptr ? std::vector<Digest>() : sources_.results.chain(root->root)});
}

std::vector<Digest> ActionMounts::made_among(const std::vector<Digest>& layers) {
    std::set<Digest> made, given;
    for (std::uint32_t i = 0; i < sources_.plan.actions.size(); ++i) {
        const Work& work = sources_.plan.actions[i].work;
        if (const auto* image = std::get_if<ImageAction>(&work))
            for (const BaseLayer& layer : image->layers) made.insert(layer.diff_id);
        if (const auto result = sources_.results.find({i}))
            (std::holds_alternative<RunAction>(work) ? made : given).insert(result->diff_id);
    }
    std::vector<Digest> out;
    for (const Digest& layer : layers)
        if (made.contains(layer) && !given.contains(layer)) out.push_back(layer);  // one layer may be both
    return out;
}

}  // namespace mabplan::runtime
