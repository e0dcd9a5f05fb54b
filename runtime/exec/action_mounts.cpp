#include "runtime/exec/action_mounts.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/snapshot/unpack.h"

namespace mabplan::runtime {

namespace {

// Two mounts of one folder and its own owner, mode and time beside what is in it.
std::string with_own_facts(const Digest& files, const TreeEntry& entry) {
    return format("{} {} {:o} {}:{} {}", files.text(), file_type_letter(entry.type), entry.mode, entry.uid, entry.gid, entry.mtime_s);
}

}  // namespace

// Of a context the digest of what was chosen when the plan was made; of a whole root file system its layers, which say it without a
// look at the files; of a part of one the files.
Result<std::string> ActionExecutor::identity(const FileOrigin& from, const std::string& source) {
    if (const auto* context = std::get_if<ContextFiles>(&from)) return context->tree.text();
    if (const auto* files = std::get_if<InlineFiles>(&from)) return inline_identity(*files);
    const auto& root = std::get<RootFiles>(from).root;
    if (source == "/") return chain_text(chain(root));
    MABPLAN_TRY(view, services_.layers.view(chain(root)));
    SelectionOptions options;
    options.wildcards = SourceWildcards::Literal;
    MABPLAN_TRY(selection, select_sources(view, {source}, options));
    return with_own_facts(dated_selection_digest(selection), selection.front().entry);
}

Result<ActionExecutor::CopiedFiles> ActionExecutor::copied_files(const FileOrigin& from, const std::string& source, const std::optional<LayerTime>& time) {
    CopyAction copy;
    copy.parts.push_back({from, {source}, false, std::holds_alternative<RootFiles>(from) ? SourceTimes::Keep : SourceTimes::Set});
    copy.destination = "/";
    copy.link = true;
    MABPLAN_TRY(drafted, draft_copy(copy, SourceWildcards::Literal, time));
    const Digest key = hash_fields(copy, time, drafted.inputs);
    MABPLAN_TRY(found, services_.store.records().find(key));
    if (found && services_.layers.has(found->diff_id)) return CopiedFiles{found->diff_id, drafted.first_path};
    MABPLAN_TRY(result, write_copy(drafted, time));
    MABPLAN_CHECK(services_.store.records().put(key, KeyKind::Content, result, explain_fields(copy, time, drafted.inputs), format("files mounted from {}", source)));
    return CopiedFiles{result.diff_id, drafted.first_path};
}

Result<LayersMount> ActionExecutor::MountsAt::layers(const FileOrigin& from, const std::string& source) {
    if (const auto* root = std::get_if<RootFiles>(&from)) {
        MABPLAN_TRY(folders, executor_.services_.layers.snapshots(executor_.chain(root->root)));
        return LayersMount{std::move(folders), source};
    }
    MABPLAN_TRY(copied, executor_.copied_files(from, source, time_));
    MABPLAN_TRY(folder, executor_.services_.layers.snapshot(copied.diff_id));
    return LayersMount{{std::move(folder)}, copied.path};
}

Status ActionExecutor::MountsAt::copy_into(const std::string& folder, const FileOrigin& from, const std::string& source) {
    const auto* root = std::get_if<RootFiles>(&from);
    if (root != nullptr && !root->root) return {};
    MABPLAN_TRY(copied, executor_.copied_files(from, source, time_));
    MABPLAN_TRY(tar, executor_.services_.layers.open_tar(copied.diff_id));
    MABPLAN_CHECK(unpack_layer(*tar, folder));
    return {};
}

}  // namespace mabplan::runtime
