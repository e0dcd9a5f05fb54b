// Instructions that change the configuration and no file.
#include "compiler/dockerfile/ports.h"
#include "compiler/lower/cell_lowering.h"
#include "compiler/lower/healthcheck_history.h"
#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"

#include <algorithm>
#include <array>

namespace mabplan::compiler {

namespace {

// Linux's signals (signal(7)), without "SIG".
constexpr std::array<std::string_view, 34> kSignals{"ABRT", "ALRM",   "BUS",  "CHLD",   "CLD",   "CONT", "FPE",  "HUP",  "ILL",
                                                    "INT",  "IO",     "IOT",  "KILL",   "PIPE",  "POLL", "PROF", "PWR",  "QUIT",
                                                    "SEGV", "STKFLT", "STOP", "SYS",    "TERM",  "TRAP", "TSTP", "TTIN", "TTOU",
                                                    "URG",  "USR1",   "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ"};

// ARGs that speak to the builder and are seen by no command.
bool is_for_attestations(std::string_view name) { return name == "BUILDKIT_SBOM_SCAN_CONTEXT" || name == "BUILDKIT_SBOM_SCAN_STAGE"; }

bool is_signal(std::string_view text) {
    if (const auto number = parse_signed(text)) return *number != 0;  // which numbers mean something is the kernel's business
    std::string name = to_upper(text);
    if (name.starts_with("SIG")) name.erase(0, 3);
    for (const char* base : {"RTMIN", "RTMAX"}) {
        if (!name.starts_with(base)) continue;
        const std::string rest = name.substr(5);
        const auto offset = rest.empty() ? std::optional<std::uint64_t>(0) : parse_unsigned(std::string_view(rest).substr(1));
        const bool from_below = std::string_view(base) == "RTMIN";
        const std::uint64_t most = from_below ? 15 : 14;
        return rest.empty() || (offset && *offset >= 1 && *offset <= most && rest[0] == (from_below ? '+' : '-'));
    }
    return std::find(kSignals.begin(), kSignals.end(), name) != kSignals.end();
}

std::vector<std::string> quoted_words(const std::vector<std::string>& words) {
    std::vector<std::string> out;
    for (const std::string& word : words) out.push_back(dump_json(Json(word)));
    return out;
}

}  // namespace

Status CellLowering::lower_arg(const Arg& arg, const Step& step) {
    StageState& state = step.state;
    std::vector<std::string> shown;
    for (const ArgDefinition& definition : arg.definitions) {
        input_.observer.variable_set(step.sighting(), definition.name);
        std::optional<std::string> value = build_argument(definition.name);
        if (!value && definition.value) {
            MABPLAN_TRY(expanded, expand(*definition.value, step));
            value = std::move(expanded);
        } else if (!value) value = global_.get(definition.name);
        if (value && !is_for_attestations(definition.name)) state.variables.set(definition.name, *value);
        state.arguments.add(definition.name);
        shown.push_back(value ? definition.name + "=" + *value : definition.name);
    }
    state.history.add({format("ARG {}", join(shown, " ")), {}});
    return {};
}

Status CellLowering::lower_env(const Env& env, const Step& step) {
    std::vector<NameValue> expanded;  // all of them first: one instruction sees the values from before it
    for (const NameValue& pair : env.pairs) {
        MABPLAN_TRY(name, expand(pair.name, step));
        MABPLAN_TRY(value, expand(pair.value, step));
        expanded.push_back({std::move(name), std::move(value)});
    }
    std::vector<std::string> shown;
    for (const NameValue& pair : expanded) {
        if (pair.name.empty()) return input_error(step.at.place, "ENV names can not be blank");
        input_.observer.variable_set(step.sighting(), pair.name);
        step.state.config.environment.set(pair.name, pair.value);
        step.state.variables.set(pair.name, pair.value);
        shown.push_back(pair.name + "=" + pair.value);
    }
    step.state.history.add({format("ENV {}", join(shown, " ")), {}});
    return {};
}

Status CellLowering::lower_label(const Label& label, const Step& step) {
    std::vector<std::string> shown;
    for (const NameValue& pair : label.pairs) {
        MABPLAN_TRY(name, expand(pair.name, step));
        MABPLAN_TRY(value, expand(pair.value, step));
        step.state.config.labels[name] = value;
        shown.push_back(name + "=" + value);
    }
    step.state.history.add({format("LABEL {}", join(shown, " ")), {}});
    return {};
}

Status CellLowering::lower_user(const compiler::User& user, const Step& step) {
    MABPLAN_TRY(name, expand(user.user, step));
    step.state.config.user = std::move(name);
    step.state.history.add({"USER " + step.state.config.user, {}});
    return {};
}

Status CellLowering::lower_expose(const Expose& expose, const Step& step) {
    std::vector<std::string> shown;
    for (const std::string& text : expose.ports) {
        NamesUsed names;
        auto specs = expand_words(text, step.state.variables, rules_, &names);
        note_undefined(names, step);
        if (!specs) return pass(std::move(specs).error().at(place_of(step.at, text)));
        for (const std::string& spec : *specs) {
            auto ports = parse_ports(spec);
            if (!ports) return pass(std::move(ports).error().at(place_of(step.at, text)));
            input_.observer.port_exposed(step.sighting(), spec, *ports);
            for (const std::string& port : ports->ports) {
                step.state.config.exposed_ports.insert(port);
                shown.push_back(port);
            }
        }
    }
    step.state.history.add({format("EXPOSE [{}]", join(shown, " ")), {}});
    return {};
}

Status CellLowering::lower_volume(const Volume& volume, const Step& step) {
    std::vector<std::string> shown;
    for (const std::string& text : volume.paths) {
        MABPLAN_TRY(path, expand(text, step));
        if (path.empty())
            return input_error(place_of(step.at, text),
                               format("VOLUME specified can not be an empty string: {} expands to nothing", quoted(text)), "name a path");
        step.state.config.volumes.insert(path);
        shown.push_back(path);
    }
    step.state.history.add({format("VOLUME [{}]", join(shown, " ")), {}});
    return {};
}

Status CellLowering::lower_stop_signal(const StopSignal& signal, const Step& step) {
    MABPLAN_TRY(name, expand(signal.signal, step));
    if (!is_signal(name))
        return input_error(place_of(step.at, signal.signal),
                           format("{} is no signal: expected a name as SIGTERM, or a number", quoted(name)));
    step.state.config.stop_signal = name;
    step.state.history.add({"STOPSIGNAL " + name, {}});
    return {};
}

Status CellLowering::lower_entrypoint(const Entrypoint& entrypoint, const Step& step) {
    ConfigDraft& config = step.state.config;
    if (entrypoint.command.form == CommandForm::Shell) input_.observer.shell_form(step.sighting(), !config.shell.empty());
    config.entrypoint = with_shell(entrypoint.command, step.state);
    if (!step.state.has_cmd) config.cmd.reset();
    step.state.history.add({format("ENTRYPOINT [{}]", join(quoted_words(*config.entrypoint), " ")), {}});
    return {};
}

Status CellLowering::lower_cmd(const Cmd& cmd, const Step& step) {
    ConfigDraft& config = step.state.config;
    if (cmd.command.form == CommandForm::Shell) input_.observer.shell_form(step.sighting(), !config.shell.empty());
    config.cmd = with_shell(cmd.command, step.state);
    step.state.has_cmd = true;
    step.state.history.add({format("CMD [{}]", join(quoted_words(*config.cmd), " ")), {}});
    return {};
}

Status CellLowering::lower_healthcheck(const Healthcheck& healthcheck, const Step& step) {
    Json out{{"Test", healthcheck_test(healthcheck)}};
    const auto put = [&](const char* key, std::chrono::nanoseconds value) {
        if (value.count() != 0) out[key] = value.count();
    };
    put("Interval", healthcheck.interval);
    put("Timeout", healthcheck.timeout);
    put("StartPeriod", healthcheck.start_period);
    put("StartInterval", healthcheck.start_interval);
    if (healthcheck.retries != 0) out["Retries"] = healthcheck.retries;
    step.state.config.healthcheck = dump_json(out);
    step.state.history.add({healthcheck_history(healthcheck_test(healthcheck), healthcheck), {}});
    return {};
}

Status CellLowering::lower_shell(const Shell& shell, const Step& step) {
    step.state.config.shell = shell.words;
    step.state.history.add({format("SHELL [{}]", join(shell.words, " ")), {}});
    return {};
}

Status CellLowering::lower_maintainer(const Maintainer& maintainer, const Step& step) {
    step.state.config.author = maintainer.name;
    step.state.history.add({"MAINTAINER " + maintainer.name, {}});
    return {};
}

// As in docker, the trigger is no line of the history.
Status CellLowering::lower_onbuild(const Onbuild& onbuild, const Step& step) {
    step.state.config.on_build.push_back(onbuild.trigger);
    return {};
}

}  // namespace mabplan::compiler
