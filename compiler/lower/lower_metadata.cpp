// Instructions that change the configuration and no file.
#include "compiler/dockerfile/ports.h"
#include "compiler/lower/cell_lowering.h"
#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/text.h"

#include <algorithm>
#include <array>

namespace mabplan::compiler {

namespace {

// Linux's signals (signal(7)), without "SIG".
constexpr std::array<std::string_view, 34> kSignals{
    "ABRT", "ALRM", "BUS",  "CHLD", "CLD",    "CONT", "FPE",  "HUP", "ILL",  "INT",  "IO",   "IOT",    "KILL", "PIPE",  "POLL", "PROF", "PWR",
    "QUIT", "SEGV", "STKFLT", "STOP", "SYS",  "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ"};
constexpr std::uint64_t kLastSignal = 64;

bool is_signal(std::string_view text) {
    if (const auto number = parse_unsigned(text)) return *number >= 1 && *number <= kLastSignal;
    std::string name = to_upper(text);
    if (name.starts_with("SIG")) name.erase(0, 3);
    for (const char* base : {"RTMIN", "RTMAX"}) {
        if (!name.starts_with(base)) continue;
        const std::string rest = name.substr(5);
        const auto offset = rest.empty() ? std::optional<std::uint64_t>(0) : parse_unsigned(std::string_view(rest).substr(1));
        return offset && *offset <= 15 && (rest.empty() || rest[0] == (std::string_view(base) == "RTMIN" ? '+' : '-'));
    }
    return std::find(kSignals.begin(), kSignals.end(), name) != kSignals.end();
}

std::vector<std::string> quoted_words(const std::vector<std::string>& words) {
    std::vector<std::string> out;
    for (const std::string& word : words) out.push_back(dump_json(Json(word)));
    return out;
}

}  // namespace

Result<std::string> CellLowering::expand(std::string_view word, const Instruction& at, const StageState& state) const {
    auto expanded = expand_word(word, VariableList(state.variables), rules_);
    if (!expanded) return pass(std::move(expanded).error().at(place_of(at, word)));
    return expanded;
}

Status CellLowering::lower_arg(const Arg& arg, const Instruction& at, StageState& state) {
    std::vector<std::string> shown;
    for (const ArgDefinition& definition : arg.definitions) {
        std::optional<std::string> value;
        if (definition.value) {
            MABPLAN_TRY(expanded, expand(*definition.value, at, state));
            value = std::move(expanded);
        }
        shown.push_back(value ? definition.name + "=" + *value : definition.name);
        if (const auto given = build_arguments_.find(definition.name); given != build_arguments_.end()) value = given->second;
        else if (!value) value = global_.get(definition.name);
        if (!value) continue;
        set_variable(state.variables, definition.name, *value);
        if (std::find(state.arguments.begin(), state.arguments.end(), definition.name) == state.arguments.end()) state.arguments.push_back(definition.name);
    }
    state.history.push_back({format("ARG {}", join(shown, " ")), {}});
    return {};
}

Status CellLowering::lower_env(const Env& env, const Instruction& at, StageState& state) {
    const StageState before = state;  // one instruction sees the values from before it
    std::vector<std::string> shown;
    for (const NameValue& pair : env.pairs) {
        MABPLAN_TRY(name, expand(pair.name, at, before));
        MABPLAN_TRY(value, expand(pair.value, at, before));
        state.config.set_env(name, value);
        set_variable(state.variables, name, value);
        shown.push_back(name + "=" + value);
    }
    state.history.push_back({format("ENV {}", join(shown, " ")), {}});
    return {};
}

Status CellLowering::lower_label(const Label& label, const Instruction& at, StageState& state) {
    std::vector<std::string> shown;
    for (const NameValue& pair : label.pairs) {
        MABPLAN_TRY(name, expand(pair.name, at, state));
        MABPLAN_TRY(value, expand(pair.value, at, state));
        state.config.labels[name] = value;
        shown.push_back(name + "=" + value);
    }
    state.history.push_back({format("LABEL {}", join(shown, " ")), {}});
    return {};
}

Status CellLowering::lower_user(const compiler::User& user, const Instruction& at, StageState& state) {
    MABPLAN_TRY(name, expand(user.user, at, state));
    state.config.user = std::move(name);
    state.history.push_back({"USER " + state.config.user, {}});
    return {};
}

Status CellLowering::lower_expose(const Expose& expose, const Instruction& at, StageState& state) {
    std::vector<std::string> shown;
    for (const std::string& text : expose.ports) {
        auto specs = expand_words(text, VariableList(state.variables), rules_);
        if (!specs) return pass(std::move(specs).error().at(place_of(at, text)));
        for (const std::string& spec : *specs) {
            auto ports = parse_ports(spec);
            if (!ports) return pass(std::move(ports).error().at(place_of(at, text)));
            for (const std::string& port : ports->ports) {
                state.config.exposed_ports.insert(port);
                shown.push_back(port);
            }
        }
    }
    state.history.push_back({format("EXPOSE {}", join(shown, " ")), {}});
    return {};
}

Status CellLowering::lower_volume(const Volume& volume, const Instruction& at, StageState& state) {
    std::vector<std::string> shown;
    for (const std::string& text : volume.paths) {
        MABPLAN_TRY(path, expand(text, at, state));
        if (path.empty()) return input_error(place_of(at, text), format("VOLUME {} expands to nothing", quoted(text)), "name a path");
        state.config.volumes.insert(path);
        shown.push_back(path);
    }
    state.history.push_back({format("VOLUME [{}]", join(shown, " ")), {}});
    return {};
}

Status CellLowering::lower_stop_signal(const StopSignal& signal, const Instruction& at, StageState& state) {
    MABPLAN_TRY(name, expand(signal.signal, at, state));
    if (!is_signal(name))
        return input_error(place_of(at, signal.signal), format("{} is no signal: expected a name as SIGTERM or a number from 1 to 64", quoted(name)));
    state.config.stop_signal = name;
    state.history.push_back({"STOPSIGNAL " + name, {}});
    return {};
}

std::vector<std::string> CellLowering::with_shell(const CommandLine& command, const StageState& state) const {
    if (command.form == CommandForm::Exec || command.empty()) return command.words;
    std::vector<std::string> words = state.config.shell.empty() ? std::vector<std::string>{"/bin/sh", "-c"} : state.config.shell;
    words.push_back(command.shell_text);
    return words;
}

void CellLowering::lower_entrypoint(const Entrypoint& entrypoint, StageState& state) {
    state.config.entrypoint = with_shell(entrypoint.command, state);
    if (!state.has_cmd) state.config.cmd.reset();
    state.history.push_back({format("ENTRYPOINT [{}]", join(quoted_words(*state.config.entrypoint), " ")), {}});
}

void CellLowering::lower_cmd(const Cmd& cmd, StageState& state) {
    state.config.cmd = with_shell(cmd.command, state);
    state.has_cmd = true;
    state.history.push_back({format("CMD [{}]", join(quoted_words(*state.config.cmd), " ")), {}});
}

void CellLowering::lower_healthcheck(const Healthcheck& healthcheck, StageState& state) {
    Json out{{"Test", healthcheck_test(healthcheck)}};
    const auto put = [&](const char* key, std::chrono::nanoseconds value) {
        if (value.count() != 0) out[key] = value.count();
    };
    put("Interval", healthcheck.interval);
    put("Timeout", healthcheck.timeout);
    put("StartPeriod", healthcheck.start_period);
    put("StartInterval", healthcheck.start_interval);
    if (healthcheck.retries != 0) out["Retries"] = healthcheck.retries;
    state.config.healthcheck = dump_json(out);
    state.history.push_back({"HEALTHCHECK " + *state.config.healthcheck, {}});
}

}  // namespace mabplan::compiler
