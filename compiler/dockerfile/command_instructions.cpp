// RUN, CMD, ENTRYPOINT, SHELL and HEALTHCHECK.
#include "compiler/dockerfile/array_text.h"
#include "compiler/dockerfile/duration.h"
#include "compiler/dockerfile/flag_words.h"
#include "compiler/dockerfile/instruction_parsers.h"

#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"

#include <limits>

namespace mabplan::compiler {

namespace {

// The error of a flag's value, at the flag.
Failure flag_error(const Statement& statement, std::string_view name, std::string_view value, Error error) {
    const std::string text = format("--{}={}", name, value);
    for (const FlagWord& flag : statement.flags)
        if (flag.text == text) return fail(std::move(error).at(statement.place_of(flag)));
    return fail(std::move(error).at(statement.place()));
}

struct Choice {
    std::string word;
    int value;
};

// One of few words; the first if the flag is not given.
Result<int> parse_choice(const Statement& statement, const Flags& flags, const std::string& name, const std::vector<Choice>& choices) {
    if (!flags.given(name)) return choices[0].value;
    const std::string text = flags.text(name);
    std::vector<std::string> known;
    for (const Choice& choice : choices) {
        if (choice.word == text) return choice.value;
        known.push_back(choice.word);
    }
    std::string hint = suggestion(text, known);
    if (hint.empty()) hint = format("known are {}", join(known, ", "));
    Error error{ErrorKind::Input, format("invalid {} {}", name, quoted(text)), {}, {}, std::move(hint), {}};
    return flag_error(statement, name, text, std::move(error));
}

Status add_mounts(const Statement& statement, const Flags& flags, Run& run) {
    for (const std::string& text : flags.list("mount")) {
        auto mount = parse_mount(text);
        if (!mount) return flag_error(statement, "mount", text, std::move(mount).error());
        run.mounts.push_back(*std::move(mount));
    }
    for (const std::string& text : flags.list("device")) {
        auto device = parse_device(text);
        if (!device) return flag_error(statement, "device", text, std::move(device).error());
        run.devices.push_back(*std::move(device));
    }
    return {};
}

// 0 means: not given. What is given must be a millisecond at least.
Status read_interval(const Statement& statement, const Flags& flags, const std::string& name, std::chrono::nanoseconds& interval) {
    const std::string text = flags.text(name);
    if (text.empty()) return {};
    auto parsed = parse_duration(text);
    if (!parsed) return flag_error(statement, name, text, std::move(parsed).error());
    if (parsed->count() != 0 && *parsed < std::chrono::milliseconds(1)) {
        Error error{ErrorKind::Input, format("Interval {} cannot be less than 1ms", quoted(name)), {}, {}, {}, {}};
        return flag_error(statement, name, text, std::move(error));
    }
    interval = *parsed;
    return {};
}

Status read_retries(const Statement& statement, const Flags& flags, int& retries) {
    const std::string text = flags.text("retries");
    if (text.empty()) return {};
    const auto number = parse_signed(text);
    if (number && *number >= 0 && *number <= std::numeric_limits<int>::max()) {
        retries = static_cast<int>(*number);
        return {};
    }
    const std::string message = number && *number < 0 ? format("--retries cannot be negative ({})", *number)
                                                      : format("--retries is a number, not {}", quoted(text));
    return flag_error(statement, "retries", text, {ErrorKind::Input, message, {}, {}, {}, {}});
}

Result<Healthcheck> read_probe_flags(const Statement& statement) {
    const std::vector<FlagRule> rules{{"interval", FlagKind::Text},
                                      {"timeout", FlagKind::Text},
                                      {"start-period", FlagKind::Text},
                                      {"start-interval", FlagKind::Text},
                                      {"retries", FlagKind::Text}};
    MABPLAN_TRY(flags, parse_flags(statement, rules));
    Healthcheck check;
    MABPLAN_CHECK(read_interval(statement, flags, "interval", check.interval));
    MABPLAN_CHECK(read_interval(statement, flags, "timeout", check.timeout));
    MABPLAN_CHECK(read_interval(statement, flags, "start-period", check.start_period));
    MABPLAN_CHECK(read_interval(statement, flags, "start-interval", check.start_interval));
    MABPLAN_CHECK(read_retries(statement, flags, check.retries));
    return check;
}

}  // namespace

CommandLine command_line(const Statement& statement, std::size_t first_argument) {
    CommandLine command;
    command.form = statement.form == ArgumentForm::Json ? CommandForm::Exec : CommandForm::Shell;
    const auto first = statement.arguments.begin() + static_cast<std::ptrdiff_t>(std::min(first_argument, statement.arguments.size()));
    if (command.form == CommandForm::Exec) command.words.assign(first, statement.arguments.end());
    else if (first != statement.arguments.end()) command.shell_text = *first;  // shell form is one argument
    command.heredocs = statement.heredocs;
    return command;
}

Result<InstructionBody> parse_run(const Statement& statement) {
    const std::vector<FlagRule> rules{
        {"mount", FlagKind::List}, {"network", FlagKind::Text}, {"security", FlagKind::Text}, {"device", FlagKind::List}};
    MABPLAN_TRY(flags, parse_flags(statement, rules));
    Run run;
    run.command = command_line(statement);
    // a bare RUN is one of an empty text: the shell does nothing, its mounts are made all the same
    if (run.command.form == CommandForm::Exec && run.command.empty()) return needs_argument(statement);
    MABPLAN_CHECK(add_mounts(statement, flags, run));
    MABPLAN_TRY(network, parse_choice(statement, flags, "network",
                                      {{"default", static_cast<int>(RunNetwork::Default)},
                                       {"none", static_cast<int>(RunNetwork::None)},
                                       {"host", static_cast<int>(RunNetwork::Host)}}));
    MABPLAN_TRY(security,
                parse_choice(statement, flags, "security",
                             {{"sandbox", static_cast<int>(RunSecurity::Sandbox)}, {"insecure", static_cast<int>(RunSecurity::Insecure)}}));
    run.network = static_cast<RunNetwork>(network);
    run.security = static_cast<RunSecurity>(security);
    run.flags_given = flags.names();
    return run;
}

Result<InstructionBody> parse_cmd(const Statement& statement) {
    MABPLAN_CHECK(refuse_flags(statement));
    return Cmd{command_line(statement)};
}

Result<InstructionBody> parse_entrypoint(const Statement& statement) {
    MABPLAN_CHECK(refuse_flags(statement));
    return Entrypoint{command_line(statement)};
}

Result<InstructionBody> parse_shell(const Statement& statement) {
    MABPLAN_CHECK(refuse_flags(statement));
    CommandLine command = command_line(statement);
    if (command.empty()) return needs_argument(statement);
    if (command.form != CommandForm::Exec) {
        const auto found = statement.rest.starts_with('[') ? find_array_break(statement.rest) : std::nullopt;
        SourcePlace place = found ? statement.place_in(statement.rest, found->offset, found->width) : statement.place();
        return input_error(std::move(place), "SHELL requires the arguments to be in JSON form",
                           found ? found->expected : R"(write SHELL ["/bin/sh", "-c"])");
    }
    return Shell{std::move(command.words)};
}

Result<InstructionBody> parse_healthcheck(const Statement& statement) {
    if (statement.arguments.empty()) return needs_argument(statement);
    MABPLAN_TRY(check, read_probe_flags(statement));
    const std::string type = to_upper(statement.arguments[0]);
    check.disabled = type == "NONE";
    if (check.disabled && statement.arguments.size() > 1) return statement.error("HEALTHCHECK NONE takes no arguments");
    if (check.disabled) return check;
    if (type != "CMD")
        return statement.error_at(statement.arguments[0], format("HEALTHCHECK is of the type CMD or NONE, not {}", quoted(type)),
                                  "write HEALTHCHECK CMD command");
    check.command = command_line(statement, 1);
    if (check.command.empty()) return statement.error("Missing command after HEALTHCHECK CMD");
    return check;
}

std::vector<std::string> healthcheck_test(const Healthcheck& healthcheck) {
    if (healthcheck.disabled) return {"NONE"};
    std::vector<std::string> test = command_words(healthcheck.command);
    test.insert(test.begin(), healthcheck.command.form == CommandForm::Exec ? "CMD" : "CMD-SHELL");
    return test;
}

}  // namespace mabplan::compiler
