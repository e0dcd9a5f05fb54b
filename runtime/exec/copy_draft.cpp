#include "runtime/exec/copy_draft.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/accounts/user_files.h"
#include "runtime/exec/write_layer.h"

namespace mabplan::runtime {

namespace {

std::string path_of_first(const std::vector<PartToPlace>& parts) {
    if (parts.empty() || parts.front().selection.empty()) return "/";
    const SelectedSource& first = parts.front().selection.front();
    return first.kind == SourceKind::Contents ? "/" : "/" + first.name;
}

// Each source that can't be taken by itself, in one message.
Error all_mistakes(Error first, CopySource& source, const CopyAction& copy, const CopyPart& part, SourceWildcards wildcards) {
    std::vector<std::string> messages;
    for (const std::string& word : part.sources)
        if (auto alone = source.select(copy, {part.from, {word}, part.unpack, part.times}, wildcards); !alone)
            messages.push_back(std::move(alone).error().message);
    if (messages.size() > 1) first.message = format("{}", join(messages, "; "));
    return first;
}

Failure context_changed(const BuildContext& context) {
    return fail(ErrorKind::Verify, format("the files of the build context {} changed after the plan was compiled", quoted(context.path)),
                "run `mabplan compile` again");
}

}  // namespace

Error as_fault_of_step(Error error) {
    if (error.kind == ErrorKind::Input) error.kind = ErrorKind::Step;
    return error;
}

// A linked copy is made as onto nothing: no fact of the root is looked at.
std::vector<Digest> CopyDrafter::layers_below(const CopyAction& copy) const {
    return copy.link ? std::vector<Digest>{} : results_.chain(copy.root);
}

std::vector<Digest> CopyDrafter::layers_read_by(const CopyAction& copy) const {
    std::vector<Digest> layers = layers_below(copy);
    for (const CopyPart& part : copy.parts) {
        const auto* files = std::get_if<RootFiles>(&part.from);
        if (files == nullptr) continue;
        const std::vector<Digest> chain = results_.chain(files->root);
        layers.insert(layers.end(), chain.begin(), chain.end());
    }
    return layers;
}

Result<CopySource> CopyDrafter::open_source(const FileOrigin& origin) {
    if (const auto* context = std::get_if<ContextFiles>(&origin))
        return CopySource::open_context(plan_.contexts[context->context.index], contexts_);
    if (const auto* files = std::get_if<InlineFiles>(&origin)) return CopySource::of_inline(*files);
    MABPLAN_TRY(root, layers_.view(results_.chain(std::get<RootFiles>(origin).root)));
    return CopySource::of_root(std::move(root));
}

Result<CopyDrafter::SelectedPart> CopyDrafter::select_part(const CopyAction& copy, std::size_t number, CopySource& source,
                                                           SourceWildcards wildcards, const std::optional<LayerTime>& time) {
    const CopyPart& part = copy.parts[number];
    const auto* context = std::get_if<ContextFiles>(&part.from);
    auto selection = source.select(copy, part, wildcards);
    // what was found when compiling can't be missing but by a change
    if (!selection && context != nullptr && selection.error().kind == ErrorKind::Input)
        return context_changed(plan_.contexts[context->context.index]);
    if (!selection) return fail(as_fault_of_step(all_mistakes(std::move(selection).error(), source, copy, part, wildcards)));
    Digest digest = time && part.times == SourceTimes::Keep ? dated_selection_digest(*selection) : selection_digest(*selection);
    if (context != nullptr && digest != context->tree) return context_changed(plan_.contexts[context->context.index]);
    return SelectedPart{*std::move(selection), std::move(digest)};
}

Result<std::vector<PartToPlace>> CopyDrafter::take_parts(const CopyAction& copy, SourceWildcards wildcards,
                                                         const std::optional<LayerTime>& time, CopyDraft& drafted) {
    std::vector<PartToPlace> parts;
    for (std::size_t i = 0; i < copy.parts.size(); ++i) {
        MABPLAN_TRY(source, open_source(copy.parts[i].from));
        drafted.sources.push_back(std::move(source));
        MABPLAN_TRY(part, select_part(copy, i, drafted.sources[i], wildcards, time));
        std::map<std::size_t, AddedArchive> archives;
        if (copy.parts[i].unpack) {
            MABPLAN_TRY(read, read_archives(part.selection, drafted.sources[i], layers_.max_bytes(), drafted.spool));
            archives = std::move(read);
        }
        drafted.inputs.sources.push_back(part.digest.text());
        parts.push_back({std::move(part.selection), std::move(archives)});
    }
    return parts;
}

Result<CopyDraft> CopyDrafter::draft(const CopyAction& copy, SourceWildcards wildcards, const std::optional<LayerTime>& time) {
    CopyDraft drafted{{}, ContentSpool(scratch_), {}, {}, {}, {}, {}};
    MABPLAN_CHECK(layers_.make_ready(layers_read_by(copy)));
    MABPLAN_TRY(parts, take_parts(copy, wildcards, time, drafted));
    drafted.first_path = path_of_first(parts);
    MABPLAN_TRY(view, layers_.view(layers_below(copy)));
    drafted.below = std::make_unique<MergedView>(std::move(view));
    UserFiles users;
    if (needs_user_files(copy.chown)) {
        MABPLAN_TRY(read, read_user_files(*drafted.below));
        users = std::move(read);
    }
    drafted.draft = std::make_unique<LayerDraft>(*drafted.below, time_of_changes(time, layers_.clock()));
    MABPLAN_TRY(places, place_copy(copy, std::move(parts), users, time ? TimesInCopies::AsPartsSay : TimesInCopies::Kept, *drafted.draft));
    drafted.places = std::move(places);
    drafted.inputs.root = drafted.draft->facts();
    return drafted;
}

}  // namespace mabplan::runtime
