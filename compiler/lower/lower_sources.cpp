// What COPY and ADD see of a build context, and what is said of sources that are not there.
#include "compiler/lower/cell_lowering.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/ignoring_reader.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

// At the source that an error of selecting is about; at the instruction if it is about none of them.
SourcePlace place_of_refused(const Instruction& at, const std::vector<std::string>& sources, const Error& error) {
    const auto* refused = std::get_if<RefusedSource>(&error.cause);
    for (const std::string& source : sources)
        if (refused != nullptr && refused->path == join_path("/", source)) return place_of(at, source);
    return at.place;
}

}  // namespace

// One error for each source that can't be taken by itself; the first of all if each of them can.
Failure CellLowering::refuse_sources(Error error, const std::vector<std::string>& sources, const Instruction& at,
                                     const std::function<Result<Digest>(const std::string&)>& take) {
    Errors errors;
    for (const std::string& source : sources) {
        if (sources.size() == 1 || mistakes_.size() + errors.size() == kMostMistakes) break;
        if (auto taken = take(source); !taken) errors.push_back(std::move(taken).error().at(place_of(at, source)));
    }
    if (errors.empty()) {
        const SourcePlace place = place_of_refused(at, sources, error);
        return pass(std::move(error).at(place));
    }
    Error last = std::move(errors.back());
    errors.pop_back();
    for (Error& each : errors) mistakes_.push_back(std::move(each));
    return pass(std::move(last));
}

Result<PatternList> CellLowering::hidden_patterns(const std::string& folder, bool main) {
    const std::string key = (main ? "main " : "named ") + folder;
    if (const auto found = hidden_.find(key); found != hidden_.end()) return found->second;
    MABPLAN_TRY(ignored, ignore_file(folder, main));
    MABPLAN_TRY(patterns, PatternList::compile(with_own_patterns(input_.own, folder, ignored.patterns.patterns())));
    return hidden_[key] = patterns;
}

Result<FileOrigin> CellLowering::origin_at(const Place& place, const std::vector<std::string>& sources, const SelectionOptions& options,
                                           const Step& step) {
    if (const auto* root = std::get_if<RootFiles>(&place)) return FileOrigin(*root);
    const auto* folder = std::get_if<FolderContext>(&place);
    const bool main = folder == nullptr;
    const FolderContext where = main ? FolderContext{"context", input_.cell.build.context.location} : *folder;
    if (main) MABPLAN_CHECK(look_for_ignored(where.folder, sources, step));
    MABPLAN_TRY(files, context_files(where, main, sources, options, step.at));
    return FileOrigin(files);
}

// A list without exceptions says by itself what it excludes; with exceptions the files say it.
Status CellLowering::look_for_ignored(const std::string& folder, const std::vector<std::string>& sources, const Step& step) {
    MABPLAN_TRY(ignored, ignore_file(folder, true));
    if (ignored.patterns.empty()) return {};
    for (const std::string& source : sources) {
        std::optional<bool> hidden;
        if (ignored.patterns.has_exceptions())
            if (const auto tree = ports_.files.tree(folder)) hidden = is_hidden(**tree, ignored.patterns, source);
        input_.observer.taken_from_context(step.sighting(), source, ignored.patterns, hidden);
    }
    return {};
}

Result<IgnoreFile> CellLowering::ignore_file(const std::string& folder, bool main_context) const {
    const bool may_have_own = main_context && input_.dockerfile_home == DockerfileHome::Host;
    return ports_.ignores.of(folder, may_have_own ? input_.dockerfile_path : std::string{});
}

// A folder that is not there is what to tell of, and who named it: a line of mabplan.yaml, or a flag.
Status CellLowering::check_named_folder(const FolderContext& folder, const Instruction& at) const {
    auto tree = ports_.files.tree(folder.folder);
    if (tree) return {};
    Error error = std::move(tree).error();
    const std::vector<NamedContext>& contexts = input_.cell.build.additional_contexts;
    const auto named =
        std::find_if(contexts.begin(), contexts.end(), [&](const NamedContext& context) { return context.name == folder.name; });
    const bool in_file = named != contexts.end() && named->place.text != nullptr;
    const std::string shown = in_file ? format("the build context {} of the name {}", quoted(folder.folder), quoted(folder.name))
                                      : format("--build-context {}={}", folder.name, folder.folder);
    error.message = format("{} is no folder that can be read: {}", shown, error.message);
    error.place = in_file ? named->place : place_of(at, folder.name);
    if (error.hint.empty())
        error.hint = "a named build context is a folder, an image (docker-image://, oci-layout://), a git address or a URL";
    return fail(std::move(error));
}

Result<ContextFiles> CellLowering::context_files(const FolderContext& folder, bool main, const std::vector<std::string>& sources,
                                                 const SelectionOptions& options, const Instruction& at) {
    if (!main) MABPLAN_CHECK(check_named_folder(folder, at));
    MABPLAN_TRY(ignored, ignore_file(folder.folder, main));
    MABPLAN_TRY(patterns, hidden_patterns(folder.folder, main));
    const ContextId id = plan_.add_context({folder.name, folder.folder, patterns.patterns()});
    if (input_.mode == CompileMode::Check) return ContextFiles{id, {}};
    SelectionOptions asked = options;
    asked.ignore_name = ignored.name;
    const auto choose = [&](const std::vector<std::string>& words) {
        return ports_.selections.choose(ports_.files, folder.folder, patterns, words, asked);
    };
    auto chosen = choose(sources);
    if (!chosen) {
        MABPLAN_TRY(own, PatternList::compile(with_own_patterns(input_.own, folder.folder, {})));
        asked.own = std::move(own);  // for the hint alone
        chosen = choose(sources);
    }
    if (!chosen)
        return refuse_sources(std::move(chosen).error(), sources, at, [&](const std::string& source) {
            return choose({source}).map([](const ContextSelections::Chosen& alone) { return alone.tree; });
        });
    for (const std::string& socket : chosen->sockets)
        ports_.remarks.warn(
            {format("{} is a socket: no layer can hold it, so it is left out", quoted(join_path(folder.folder, socket))), at.place});
    return ContextFiles{id, chosen->tree};
}

}  // namespace mabplan::compiler
