// COPY and ADD: where files come from, and how they are put.
#include "compiler/lower/cell_lowering.h"
#include "compiler/lower/remote_source.h"
#include "plans/base/account_id.h"
#include "plans/base/file_mode.h"
#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"
#include "plans/tree/pattern.h"

namespace mabplan::compiler {

namespace {

// A path on a command's working directory; a trailing slash, or a last part of ".", says that it is a directory and is kept.
std::string resolve_destination(const std::string& working_dir, const std::string& path) {
    std::string out = join_path(working_dir, path);
    const bool directory = path.empty() || path.ends_with('/') || path == "." || path.ends_with("/.");
    if (directory && out != "/") out += '/';
    return out;
}

std::string flags_shown(const Transfer& transfer, const CopyAction& action, bool parents) {
    std::string out;
    if (parents) out += " --parents";
    if (!transfer.chown.empty()) out += " --chown=" + action.chown;
    if (!transfer.chmod.empty()) out += " --chmod=" + action.chmod;
    return out;
}

Status check_owner(std::string_view chown) {
    for (const std::string_view id : split(chown, ':')) MABPLAN_CHECK(check_account_id(id));
    return {};
}

Status check_mode(const std::string& chmod) {
    if (chmod.empty()) return {};
    return FileModeChange::parse(chmod).map([](const FileModeChange&) {});
}

SelectionOptions selection_options(const CopyAction& action, const PatternList& excludes) {
    SelectionOptions options;
    options.excludes = excludes;
    options.parents = action.parents ? ParentDirectories::Keep : ParentDirectories::Drop;
    return options;
}

}  // namespace

Result<std::vector<std::string>> CellLowering::expand_sources(const Transfer& transfer, const Step& step) const {
    std::vector<std::string> sources;
    for (const std::string& source : transfer.sources) {
        MABPLAN_TRY(expanded, expand(source, step));
        sources.push_back(std::move(expanded));
    }
    return sources;
}

// What COPY and ADD have in common: owner, mode and what is left out before the sources are known, the destination behind them.
Result<CopyAction> CellLowering::start_copy(const Transfer& transfer, const Step& step) const {
    CopyAction action;
    MABPLAN_TRY(chown, expand(transfer.chown, step));
    MABPLAN_TRY(chmod, expand(transfer.chmod, step));
    if (auto owner = check_owner(chown); !owner) return pass(std::move(owner).error().at(place_of(step.at, transfer.chown)));
    if (auto mode = check_mode(chmod); !mode) return pass(std::move(mode).error().at(place_of(step.at, transfer.chmod)));
    action.chown = std::move(chown);
    action.chmod = std::move(chmod);
    action.excludes = transfer.excludes;
    action.link = transfer.link && action.chmod.empty();
    if (action.link) MABPLAN_CHECK(check_linked_owner(transfer, action.chown, step));
    return action;
}

Status CellLowering::finish_copy(const Transfer& transfer, CopyAction action, std::string created_by, const Step& step) {
    MABPLAN_TRY(destination, expand(transfer.destination, step));
    MABPLAN_CHECK(add_inline_files(transfer, action, created_by, step));
    action.root = step.state.root;
    action.destination = resolve_destination(step.state.config.working_dir, destination);
    note_linked_copy(action, destination, step);
    add_layer(std::move(action), step, format("{} {}", created_by, destination));
    return {};
}

Status CellLowering::add_inline_files(const Transfer& transfer, CopyAction& action, std::string& created_by, const Step& step) const {
    InlineFiles files;
    for (const Heredoc& heredoc : transfer.files) {
        InlineFile file{heredoc.name, heredoc.text(), 0644};
        if (heredoc.expand) {
            // As in a shell: the backslash escapes, whatever the escape directive says, and quotes are characters like any other.
            MABPLAN_TRY(expanded, expand(file.content, step, {'\\', Quotes::Text, Escapes::Remove, UnsetVariables::Empty}));
            file.content = std::move(expanded);
        }
        if (file.name == "." || file.name == ".." || file.name.find('/') != std::string::npos)
            return input_error(place_of(step.at, file.name),
                               format("the here-document {} gives its name to a file: it can't hold a slash", quoted(file.name)));
        created_by += " <<" + file.name;
        files.files.push_back(std::move(file));
    }
    if (!files.files.empty()) action.parts.push_back({std::move(files), {}, false});
    return {};
}

Status CellLowering::lower_copy(const Copy& copy, const Step& step) {
    MABPLAN_TRY(sources, expand_sources(copy, step));
    for (const std::string& source : sources) {
        if (!is_remote_source(source)) continue;
        return input_error(place_of(step.at, source), format("source can't be a {} for COPY", is_git_source(source) ? "git ref" : "URL"),
                           "use ADD");
    }
    MABPLAN_TRY(action, start_copy(copy, step));
    action.parents = copy.parents;
    std::string created_by = format("COPY{}", flags_shown(copy, action, copy.parents));
    for (const std::string& source : sources) created_by += " " + source;
    if (!sources.empty()) {
        MABPLAN_TRY(place, find_place(copy.from, step, false));
        // with a name it is another file system, or a folder of the host like the main context
        const bool is_root = !copy.from.empty() && std::holds_alternative<RootFiles>(place);
        const SourceTimes times = is_root ? SourceTimes::Keep : SourceTimes::Set;
        MABPLAN_CHECK(add_local_part({{}, std::move(sources), false, times}, place, action, step));
    } else if (!copy.from.empty()) {
        MABPLAN_TRY(unused, find_place(copy.from, step, false));  // what is named must exist
        static_cast<void>(unused);
    }
    return finish_copy(copy, std::move(action), std::move(created_by), step);
}

Status CellLowering::lower_add(const Add& add, const Step& step) {
    MABPLAN_TRY(sources, expand_sources(add, step));
    MABPLAN_TRY(action, start_copy(add, step));
    MABPLAN_TRY(checksum, expand(add.checksum, step));
    if (!checksum.empty() && sources.size() != 1)
        return input_error(place_of(step.at, add.checksum), "checksum can't be specified for multiple sources", "use one ADD for each");
    if (!checksum.empty() && !is_remote_source(sources[0]))
        return input_error(place_of(step.at, add.checksum), "checksum requires HTTP(S) or Git sources");
    std::string created_by = format("ADD{}", flags_shown(add, action, false));
    std::vector<std::string> local;
    const auto put_local = [&]() -> Status {
        if (local.empty()) return {};
        MABPLAN_TRY(place, find_place({}, step, false));
        return add_local_part({{}, std::exchange(local, {}), add.unpack.value_or(true), SourceTimes::Set}, place, action, step);
    };
    for (std::string& source : sources) {
        created_by += " " + source;
        if (!is_remote_source(source)) {
            local.push_back(std::move(source));
            continue;
        }
        MABPLAN_CHECK(put_local());
        auto added = add_remote_part(source, add, checksum, action, step);
        if (!added) return pass(std::move(added).error().at(place_of(step.at, source)));
    }
    MABPLAN_CHECK(put_local());
    return finish_copy(add, std::move(action), std::move(created_by), step);
}

Status CellLowering::add_remote_part(const std::string& source, const Add& add, const std::string& checksum, CopyAction& action,
                                     const Step& step) {
    if (is_git_source(source)) {
        MABPLAN_TRY(git, added_git(source, add.keep_git_dir, checksum));
        const SourceTimes times = asks_for_checkout_times(source) ? SourceTimes::Set : SourceTimes::Keep;
        action.parts.push_back({RootFiles{add_action(std::move(git), step.at, step.stage)}, {"/"}, false, times});
        return {};
    }
    MABPLAN_TRY(fetch, added_file(source, checksum));
    input_.observer.url_added(step.sighting(), source, !checksum.empty());
    const std::string path = "/" + fetch.name;
    // a checksum vouches for the bytes, and not for the date that the server tells with them
    const SourceTimes times = checksum.empty() ? SourceTimes::Keep : SourceTimes::Set;
    action.parts.push_back({RootFiles{add_action(std::move(fetch), step.at, step.stage)}, {path}, add.unpack.value_or(false), times});
    return {};
}

Status CellLowering::add_local_part(CopyPart part, const Place& place, CopyAction& action, const Step& step) {
    for (const std::string& pattern : action.excludes)
        if (auto good = PatternList::compile({pattern}); !good) return pass(std::move(good).error().at(place_of(step.at, pattern)));
    MABPLAN_TRY(excludes, PatternList::compile(action.excludes));
    for (const std::string& source : part.sources)
        if (auto good = action.parents || !has_glob(source) ? Result<bool>(true) : glob_match(source, ""); !good)
            return pass(std::move(good).error().at(place_of(step.at, source)));
    MABPLAN_TRY(from, origin_at(place, part.sources, selection_options(action, excludes), step));
    part.from = std::move(from);
    action.parts.push_back(std::move(part));
    return {};
}

// What can be said of COPY --from without building anything; also in stages that nobody needs.
Status CellLowering::check_copy_from(const std::string& from, const Instruction& at) const {
    if (from.empty()) return {};
    if (const auto plain = expand_word(from, NoVariables{}, rules_); !plain || *plain != from)
        return input_error(place_of(at, from), "variable expansion is not supported for --from",
                           "define a stage with FROM, which expands global ARGs, and name the stage");
    if (parse_signed(from) && !input_.graph.find(from))
        return input_error(place_of(at, from),
                           format("invalid stage index {}: the file has {} stages, counted from 0", from, input_.graph.stages.size()));
    return {};
}

Result<CellLowering::Place> CellLowering::find_place(const std::string& from, const Step& step, bool for_mount) {
    if (from.empty()) {
        const Build& build = input_.cell.build;
        if (is_remote_context(build)) return main_context_root(step).map([](ActionId root) { return Place(RootFiles{root}); });
        if (build.context.kind == ContextKind::Nothing && !for_mount)
            return input_error(step.at.place, "there is nothing to copy from: the Dockerfile came without a build context",
                               "`mabplan build -f - FOLDER` reads the Dockerfile from standard input and files from a folder");
        return build.context.kind == ContextKind::Nothing ? Place(RootFiles{}) : Place(MainContext{});
    }
    if (!for_mount) MABPLAN_CHECK(check_copy_from(from, step.at));
    const auto found = for_mount ? input_.graph.find_named(from) : input_.graph.find(from);
    if (found) {
        const bool earlier = *found < step.stage.number;
        MABPLAN_TRY(state, stage(*found));  // of a later stage: a circle, if there is one, is what to tell of
        if (earlier) return Place(RootFiles{state->root});
        return input_error(place_of(step.at, from),
                           format("cannot {} from stage {}, it needs to be defined before current stage {}", for_mount ? "mount" : "copy",
                                  quoted(from), quoted(step.stage.display_name())),
                           "move the stage up");
    }
    const NamedContext* named = find_context(from, input_.cell.platform);
    if (named != nullptr && named->source.kind == ContextKind::Directory) return Place(FolderContext{named->name, named->source.location});
    MABPLAN_TRY(state, image_state(from, input_.cell.platform, step.stage, step.from_trigger ? *step.stage.from : step.at));
    return Place(RootFiles{state.root});
}

}  // namespace mabplan::compiler
