// RUN and WORKDIR: what makes layers by doing.
#include "compiler/lower/cell_lowering.h"
#include "compiler/lower/proxy.h"
#include "compiler/lower/workdir.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <array>

namespace mabplan::compiler {

namespace {

constexpr std::string_view kScriptFolder = "/dev/pipes";

bool gives_flag(const Run& run, std::string_view name) {
    return std::find(run.flags_given.begin(), run.flags_given.end(), name) != run.flags_given.end();
}

}  // namespace

std::vector<std::string> CellLowering::with_shell(const CommandLine& command, const StageState& state) const {
    if (command.form == CommandForm::Exec) return command.words;
    std::vector<std::string> words = state.config.shell.empty() ? std::vector<std::string>{"/bin/sh", "-c"} : state.config.shell;
    words.push_back(command.shell_text);
    return words;
}

// "|2 A=1 B=2 ", as docker shows the build arguments a RUN saw; empty if there are none.
std::string CellLowering::history_arguments(const StageState& state) const {
    std::vector<std::string> shown;
    for (const std::string& name : state.arguments) shown.push_back(name + "=" + state.variables.get(name).value_or(""));
    if (shown.empty()) return {};
    return format("|{} {} ", shown.size(), join(shown, " "));
}

// Here-documents: one that is all of the command is the script itself; others go back into the text for the shell to read.
Status CellLowering::set_command(const Run& run, RunAction& action, std::string& shown, const Step& step) const {
    CommandLine command = run.command;
    if (!command.heredocs.empty()) {
        const auto whole = parse_heredoc_word(command.shell_text);
        const Heredoc& first = command.heredocs.front();
        if (whole && *whole && first.text().starts_with("#!")) {
            action.mounts.push_back({std::string(kScriptFolder), BindMount{InlineFiles{{{first.name, first.text(), 0755}}}, "/", false}});
            command.shell_text = format("{}/{}", kScriptFolder, first.name);
        } else if (whole && *whole) {
            command.shell_text = first.text();
        } else {
            for (const Heredoc& heredoc : command.heredocs) command.shell_text += format("\n{}{}", heredoc.content, heredoc.name);
        }
    }
    action.argv = with_shell(command, step.state);
    shown = format("{}", join(action.argv, " "));
    return {};
}

Status CellLowering::lower_run(const Run& run, const Step& step) {
    StageState& state = step.state;
    if (state.platform.os != "linux")
        return input_error(step.at.place, format("RUN can't execute programs for {}", format_platform(state.platform)),
                           "mabplan runs Linux programs");
    RunAction action;
    std::string shown;
    MABPLAN_CHECK(set_command(run, action, shown, step));
    for (const MountText& mount : run.mounts) MABPLAN_CHECK(add_mount(mount, action, step));
    action.root = state.root;
    action.env = state.variables.assignments();
    action.cwd = clean_path(state.config.working_dir);
    action.user = state.config.user;
    action.hostname = build_argument("BUILDKIT_SANDBOX_HOSTNAME").value_or("");
    action.platform = state.platform;
    const NetworkMode asked = input_.cell.build.network;
    action.network = gives_flag(run, "network") ? static_cast<mabplan::Network>(run.network) : static_cast<mabplan::Network>(asked);
    action.security = run.security == RunSecurity::Insecure ? Security::Insecure : Security::Sandbox;
    action.noise = input_.noise;
    for (const Device& device : run.devices) {
        if (device.name.empty())
            return input_error(place_of(step.at, "--device"), "the device has no name", "--device=vendor.com/class=name");
        action.devices.push_back({device.name, device.optional});
    }
    MABPLAN_CHECK(add_surroundings(action));
    action.proxy = proxy_variables(read_proxy_settings(build_arguments_));
    action.runner = static_cast<mabplan::Runner>(input_.cell.runner);
    const bool reaches_out = asked == NetworkMode::None && action.network != mabplan::Network::None;
    input_.observer.command_run(step.sighting(), state.platform,
                                normalize_platform(input_.host).architecture != state.platform.architecture, reaches_out);
    add_layer(std::move(action), step, format("RUN {}{}", history_arguments(state), shown));
    return {};
}

Status CellLowering::lower_workdir(const Workdir& workdir, const Step& step) {
    StageState& state = step.state;
    MABPLAN_TRY(path, expand(workdir.path, step));
    input_.observer.working_directory(step.sighting(), path, !state.has_workdir);
    state.has_workdir = true;
    state.config.working_dir = normalize_workdir(state.config.working_dir, path);
    const std::string text = "WORKDIR " + state.config.working_dir;
    const std::string directory = clean_path(state.config.working_dir);
    if (directory == "/") state.history.add({text, {}});
    else add_layer(MakeDirectoryAction{state.root, directory, state.config.user}, step, text);
    return {};
}

}  // namespace mabplan::compiler
