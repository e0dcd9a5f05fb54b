#include "runtime/exec/copy_execution.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/exec/write_layer.h"
#include "runtime/layer/tree_layer.h"
#include "runtime/sys/stopwatch.h"

namespace mabplan::runtime {

namespace {

// Contents of copied files, from where placing them noted that they lie.
class CopyContents final : public ContentOpener {
public:
    explicit CopyContents(CopyDraft& drafted) : drafted_(drafted) {}

    Result<OpenedContent> open(const LayerEntry& entry) override {
        const ContentPlace& place = drafted_.places[entry.content];
        if (const auto* spooled = std::get_if<SpooledContent>(&place)) return drafted_.spool.open(*spooled);
        const auto* source = std::get_if<InSource>(&place);
        auto file = source != nullptr ? drafted_.sources[source->part].open(path_of(*source, entry))
                                      : drafted_.below->open_file(std::get<InRoot>(place).path);
        if (!file) return pass(std::move(file).error());
        return OpenedContent{std::move(*file)};
    }
    Status check(const LayerEntry& entry, const Fd& file) override {
        const auto* source = std::get_if<InSource>(&drafted_.places[entry.content]);
        return source == nullptr ? Status{} : drafted_.sources[source->part].check_unchanged(file, path_of(*source, entry));
    }

private:
    static std::string path_of(const InSource& source, const LayerEntry& entry) {
        return source.destination_bytes ? path_in(source.path, std::string_view(entry.path).substr(*source.destination_bytes))
                                        : source.path;
    }

    CopyDraft& drafted_;
};

}  // namespace

Result<ActionResult> CopyExecution::write(CopyDraft& drafted, const std::optional<LayerTime>& time) {
    CopyContents contents(drafted);
    return write_layer(layers_, time, [&](const LayerOptions& options, ByteSink& out) {
        return write_tree_layer(drafted.draft->entries(), contents, options, out);
    });
}

Result<Executed> CopyExecution::execute(ActionId id, const CopyAction& copy) {
    const Stopwatch watch;
    const std::optional<LayerTime>& time = plan_.action(id).time;
    MABPLAN_TRY(drafted, drafter_.draft(copy, SourceWildcards::Expand, time));
    MABPLAN_TRY(cached, cache_.find_content(id, drafted.inputs));
    if (cached) return *cached;
    MABPLAN_TRY(result, write(drafted, time));
    if (!copy.chmod.empty()) MABPLAN_CHECK(layers_.know_baked_in(result.diff_id, closed_folders(copy, drafted.draft->entries())));
    result.seconds = watch.seconds();
    MABPLAN_CHECK(cache_.record(id, drafted.inputs, result));
    return Executed{result, HowDone::Native};
}

Result<CopiedFiles> CopyExecution::copied_files(const FileOrigin& from, const std::string& source, const std::optional<LayerTime>& time) {
    CopyAction copy;
    copy.parts.push_back({from, {source}, false, std::holds_alternative<RootFiles>(from) ? SourceTimes::Keep : SourceTimes::Set});
    copy.destination = "/";
    copy.link = true;
    MABPLAN_TRY(drafted, drafter_.draft(copy, SourceWildcards::Literal, time));
    const ActionCache::MountedCopy mounted{copy, time, drafted.inputs, format("files mounted from {}", source)};
    MABPLAN_TRY(result, cache_.find_or_make(mounted, [&] { return write(drafted, time); }));
    return CopiedFiles{result.diff_id, drafted.first_path};
}

}  // namespace mabplan::runtime
