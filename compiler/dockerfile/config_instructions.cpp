// Instructions that set one thing of the image configuration, and what all parsers share.
#include "compiler/dockerfile/flag_words.h"
#include "compiler/dockerfile/instruction_parsers.h"

#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

Result<std::string> only_argument(const Statement& statement) {
    MABPLAN_CHECK(refuse_flags(statement));
    if (statement.arguments.size() != 1) return statement.error(format("{} requires exactly one argument", keyword_name(*statement.kind)));
    return statement.arguments[0];
}

Status check_arguments(const Statement& statement) {
    MABPLAN_CHECK(refuse_flags(statement));
    if (statement.arguments.empty()) return needs_argument(statement);
    return {};
}

}  // namespace

Status refuse_flags(const Statement& statement) {
    MABPLAN_TRY(none, parse_flags(statement, {}));
    static_cast<void>(none);
    return {};
}

Failure needs_argument(const Statement& statement) {
    return statement.error(format("{} requires at least one argument", keyword_name(*statement.kind)));
}

std::string find_description(const Statement& statement, const std::string& name) {
    if (name.empty()) return {};
    for (const std::string& comment : statement.line.comments)
        if (comment.starts_with(name + " ")) return comment.substr(name.size() + 1);
    return {};
}

Result<InstructionBody> parse_workdir(const Statement& statement) {
    MABPLAN_TRY(path, only_argument(statement));
    return Workdir{std::move(path)};
}

Result<InstructionBody> parse_user(const Statement& statement) {
    MABPLAN_TRY(user, only_argument(statement));
    return User{std::move(user)};
}

Result<InstructionBody> parse_stopsignal(const Statement& statement) {
    MABPLAN_TRY(signal, only_argument(statement));
    return StopSignal{std::move(signal)};
}

Result<InstructionBody> parse_maintainer(const Statement& statement) {
    MABPLAN_TRY(name, only_argument(statement));
    return Maintainer{std::move(name)};
}

Result<InstructionBody> parse_expose(const Statement& statement) {
    MABPLAN_CHECK(check_arguments(statement));
    Expose expose{statement.arguments};
    std::sort(expose.ports.begin(), expose.ports.end());
    return expose;
}

Result<InstructionBody> parse_volume(const Statement& statement) {
    MABPLAN_CHECK(check_arguments(statement));
    Volume volume;
    for (const std::string& argument : statement.arguments) {
        volume.paths.emplace_back(trim(argument));
        if (volume.paths.back().empty()) return statement.error("a path of VOLUME is empty");
    }
    return volume;
}

Result<InstructionBody> parse_onbuild(const Statement& statement) {
    MABPLAN_CHECK(refuse_flags(statement));
    if (statement.trigger.empty()) return needs_argument(statement);
    const Statement& trigger = statement.trigger[0];
    if (trigger.kind == Keyword::Onbuild) return statement.error("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
    if (trigger.kind == Keyword::From || trigger.kind == Keyword::Maintainer)
        return statement.error(format("{} isn't allowed as an ONBUILD trigger", keyword_name(*trigger.kind)));
    MABPLAN_TRY(checked, parse_body(trigger));
    static_cast<void>(checked);
    Onbuild onbuild{trigger.line.text};
    for (const Heredoc& heredoc : trigger.heredocs) onbuild.trigger += format("\n{}{}", heredoc.content, heredoc.name);
    return onbuild;
}

Result<InstructionBody> parse_body(const Statement& statement) {
    if (!statement.kind)
        return statement.error(format("unknown instruction: {}", statement.keyword), suggestion(statement.keyword, keyword_names()));
    switch (*statement.kind) {
        case Keyword::Add: return parse_add(statement);
        case Keyword::Arg: return parse_arg(statement);
        case Keyword::Cmd: return parse_cmd(statement);
        case Keyword::Copy: return parse_copy(statement);
        case Keyword::Entrypoint: return parse_entrypoint(statement);
        case Keyword::Env: return parse_env(statement);
        case Keyword::Expose: return parse_expose(statement);
        case Keyword::From: return parse_from(statement);
        case Keyword::Healthcheck: return parse_healthcheck(statement);
        case Keyword::Label: return parse_label(statement);
        case Keyword::Maintainer: return parse_maintainer(statement);
        case Keyword::Onbuild: return parse_onbuild(statement);
        case Keyword::Run: return parse_run(statement);
        case Keyword::Shell: return parse_shell(statement);
        case Keyword::StopSignal: return parse_stopsignal(statement);
        case Keyword::User: return parse_user(statement);
        case Keyword::Volume: return parse_volume(statement);
        case Keyword::Workdir: return parse_workdir(statement);
    }
    return statement.error(format("unknown instruction: {}", statement.keyword));
}

}  // namespace mabplan::compiler
