// Instructions that make layers: RUN, COPY, WORKDIR.
#include "compiler/lower/cell_lowering.h"
#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/tree/pattern.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

// A path on a command's working directory; a trailing slash, or a last part of ".", says that it is a directory and is kept.
std::string resolve_destination(const std::string& working_dir, const std::string& path) {
    std::string out = join_path(working_dir, path);
    const bool directory = path.ends_with('/') || path == "." || path.ends_with("/.");
    if (directory && out != "/") out += '/';
    return out;
}

}  // namespace

Origin CellLowering::origin(const Instruction& at, const Stage& stage) const {
    return {input_.dockerfile_path, static_cast<std::uint32_t>(at.place.line), stage.display_name(), at.line.text};
}

void CellLowering::add_layer(Work work, const Instruction& at, const Stage& stage, StageState& state, std::string created_by) {
    state.root = plan_.add(std::move(work), origin(at, stage));
    state.history.push_back({std::move(created_by), state.root});
}

Status CellLowering::apply(const Instruction& instruction, const Stage& stage, StageState& state) {
    const Overloaded cases{
        [&](const From&) { return Status{}; },
        [&](const Arg& arg) { return lower_arg(arg, instruction, state); },
        [&](const Env& env) { return lower_env(env, instruction, state); },
        [&](const Label& label) { return lower_label(label, instruction, state); },
        [&](const Workdir& workdir) { return lower_workdir(workdir, instruction, stage, state); },
        [&](const Run& run) { return lower_run(run, instruction, stage, state); },
        [&](const Copy& copy) { return lower_copy(copy, instruction, stage, state); },
        [&](const Add&) -> Status { return unsupported(instruction, instruction.keyword, "ADD"); },
        [&](const compiler::User& user) { return lower_user(user, instruction, state); },
        [&](const Expose& expose) { return lower_expose(expose, instruction, state); },
        [&](const Volume& volume) { return lower_volume(volume, instruction, state); },
        [&](const Shell& shell) {
            state.config.shell = shell.words;
            state.history.push_back({format("SHELL [{}]", join(shell.words, " ")), {}});
            return Status{};
        },
        [&](const StopSignal& signal) { return lower_stop_signal(signal, instruction, state); },
        [&](const Entrypoint& entrypoint) {
            lower_entrypoint(entrypoint, state);
            return Status{};
        },
        [&](const Cmd& cmd) {
            lower_cmd(cmd, state);
            return Status{};
        },
        [&](const Healthcheck& healthcheck) {
            lower_healthcheck(healthcheck, state);
            return Status{};
        },
        [&](const Onbuild& onbuild) {
            state.config.on_build.push_back(onbuild.trigger);
            state.history.push_back({"ONBUILD " + onbuild.trigger, {}});
            return Status{};
        },
        [&](const Maintainer& maintainer) {
            state.config.author = maintainer.name;
            state.history.push_back({"MAINTAINER " + maintainer.name, {}});
            return Status{};
        },
    };
    return std::visit(cases, instruction.body);
}

Status CellLowering::lower_workdir(const Workdir& workdir, const Instruction& at, const Stage& stage, StageState& state) {
    MABPLAN_TRY(path, expand(workdir.path, at, state));
    if (path.empty()) return input_error(place_of(at, workdir.path), format("WORKDIR {} expands to nothing", quoted(workdir.path)), "name a path");
    state.config.working_dir = join_path(state.config.working_dir, path);
    const std::string text = "WORKDIR " + state.config.working_dir;
    if (state.config.working_dir == "/") state.history.push_back({text, {}});
    else add_layer(MakeDirectoryAction{state.root, state.config.working_dir, state.config.user}, at, stage, state, text);
    return {};
}

// "|2 A=1 B=2 ", as docker shows the build arguments a RUN saw; empty if there are none.
std::string CellLowering::history_arguments(const StageState& state) const {
    std::vector<std::string> shown;
    for (const std::string& name : state.arguments)
        if (!is_proxy_argument(name)) shown.push_back(name + "=" + find_variable(state.variables, name).value_or(""));
    if (shown.empty()) return {};
    return format("|{} {} ", shown.size(), join(shown, " "));
}

Status CellLowering::lower_run(const Run& run, const Instruction& at, const Stage& stage, StageState& state) {
    if (!run.mounts.empty()) return unsupported(at, "--mount", "RUN --mount");
    if (!run.devices.empty()) return unsupported(at, "--device", "RUN --device");
    if (run.security == RunSecurity::Insecure) return unsupported(at, "--security", "RUN --security=insecure");
    if (!run.command.heredocs.empty()) return unsupported(at, "<<", "a here-document in RUN");
    if (run.command.empty()) return input_error(at.place, "RUN has no command");
    RunAction action;
    action.root = state.root;
    action.argv = with_shell(run.command, state);
    action.env = state.variables;
    action.cwd = state.config.working_dir;
    action.user = state.config.user;
    action.platform = state.platform;
    const bool given = std::find(run.flags_given.begin(), run.flags_given.end(), "network") != run.flags_given.end();
    const int network = given ? static_cast<int>(run.network) : static_cast<int>(input_.cell.build.network);
    action.network = static_cast<mabplan::Network>(network);
    action.runner = static_cast<mabplan::Runner>(input_.cell.runner);
    std::string text = format("RUN {}{}", history_arguments(state), join(action.argv, " "));
    add_layer(std::move(action), at, stage, state, std::move(text));
    return {};
}

Status CellLowering::lower_copy(const Copy& copy, const Instruction& at, const Stage& stage, StageState& state) {
    if (!copy.files.empty()) return unsupported(at, "<<", "a here-document in COPY");
    if (!copy.excludes.empty()) return unsupported(at, "--exclude", "COPY --exclude");
    if (copy.parents) return unsupported(at, "--parents", "COPY --parents");
    CopyAction action;
    for (const std::string& source : copy.sources) {
        MABPLAN_TRY(expanded, expand(source, at, state));
        action.sources.push_back(std::move(expanded));
    }
    MABPLAN_TRY(destination, expand(copy.destination, at, state));
    MABPLAN_TRY(chown, expand(copy.chown, at, state));
    MABPLAN_TRY(chmod, expand(copy.chmod, at, state));
    if (destination.empty())
        return input_error(place_of(at, copy.destination), format("the destination {} expands to nothing", quoted(copy.destination)), "name a path");
    if (!chmod.empty()) {
        const auto mode = parse_unsigned(chmod, 8);
        if (!mode) return unsupported(at, copy.chmod, format("the symbolic mode {}", quoted(chmod)));
        if (*mode > 07777) return input_error(place_of(at, copy.chmod), format("{} is no file mode: expected an octal number up to 7777", quoted(chmod)));
        action.chmod = static_cast<std::uint32_t>(*mode);
    }
    action.root = state.root;
    action.destination = resolve_destination(state.config.working_dir, destination);
    action.chown = std::move(chown);
    if (action.sources.size() > 1 && !action.destination.ends_with('/'))
        return input_error(place_of(at, copy.destination), format("COPY has {} sources, and {} is not a directory", action.sources.size(), quoted(destination)),
                           "end the destination with /");
    MABPLAN_TRY(from, copy_origin(copy.from, action.sources, at, stage, state));
    action.from = std::move(from);
    std::string text = format("COPY {} {}", join(action.sources, " "), destination);
    add_layer(std::move(action), at, stage, state, std::move(text));
    return {};
}

Result<std::variant<ContextFiles, RootFiles>> CellLowering::copy_origin(const std::string& from, const std::vector<std::string>& sources,
                                                                        const Instruction& at, const Stage&, const StageState&) {
    using Origins = std::variant<ContextFiles, RootFiles>;
    if (from.empty()) {
        const ContextLocation& context = input_.cell.build.context;
        if (context.kind != ContextKind::Directory) return unsupported(at, sources.front(), format("the build context {}", format_context_location(context)));
        MABPLAN_TRY(files, context_files("context", context.location, sources, at));
        return Origins(std::move(files));
    }
    const NamedContext* named = find_context(from);
    if (named != nullptr && named->source.kind == ContextKind::Directory) {
        MABPLAN_TRY(files, context_files(named->name, named->source.location, sources, at));
        return Origins(std::move(files));
    }
    if (const auto found = named == nullptr ? input_.graph.find(from) : std::nullopt) {
        MABPLAN_TRY(state, stage(*found));
        return Origins(RootFiles{state.root});
    }
    MABPLAN_TRY(state, image_state(from, input_.cell.platform, at));
    return Origins(RootFiles{state.root});
}

Result<std::vector<std::string>> CellLowering::ignore_patterns(const std::string& folder, bool main_context) {
    std::optional<std::string> text;
    if (main_context && !input_.cell.build.dockerfile_inline) {
        MABPLAN_TRY(beside, ports_.files.read_text({}, input_.dockerfile_path + ".dockerignore"));
        text = std::move(beside);
    }
    if (!text) {
        MABPLAN_TRY(at_root, ports_.files.read_text(folder, folder + "/.dockerignore"));
        text = std::move(at_root);
    }
    return text ? read_ignore_lines(*text) : std::vector<std::string>{};
}

Result<ContextFiles> CellLowering::context_files(const std::string& name, const std::string& folder, const std::vector<std::string>& sources,
                                                 const Instruction& at) {
    MABPLAN_TRY(lines, ignore_patterns(folder, name == "context"));
    MABPLAN_TRY(patterns, PatternList::compile(lines));
    auto tree = ports_.selections.digest(ports_.files, folder, patterns, sources);
    if (!tree) return pass(std::move(tree).error().at(at.place));
    const ContextId id = plan_.add_context({name, folder, patterns.patterns()});
    return ContextFiles{id, *tree};
}

}  // namespace mabplan::compiler
