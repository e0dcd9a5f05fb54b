// FROM, ARG, ENV and LABEL.
#include "compiler/dockerfile/flag_words.h"
#include "compiler/dockerfile/instruction_parsers.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

// ^[a-z][a-z0-9-_.]*$
bool is_stage_name(std::string_view name) {
    return !name.empty() && is_lower(name[0]) && std::all_of(name.begin(), name.end(), [](char c) {
        return is_lower(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    });
}

Status check_names(const Statement& statement) {
    MABPLAN_CHECK(refuse_flags(statement));
    if (statement.pairs.empty()) return needs_argument(statement);
    const auto blank =
        std::find_if(statement.pairs.begin(), statement.pairs.end(), [](const NameValue& pair) { return pair.name.empty(); });
    if (blank == statement.pairs.end()) return {};
    return statement.error_at("=" + blank->value, format("{} names can not be blank", keyword_name(*statement.kind)));
}

}  // namespace

Result<InstructionBody> parse_from(const Statement& statement) {
    const std::vector<std::string>& words = statement.arguments;
    const bool named = words.size() == 3 && equal_ignoring_case(words[1], "as");
    if (words.size() != 1 && !named)
        return statement.error("FROM requires either one or three arguments", "write FROM image, or FROM image AS name");
    const std::vector<FlagRule> rules{{"platform", FlagKind::Text}};
    MABPLAN_TRY(flags, parse_flags(statement, rules));
    From from;
    from.image = words[0];
    from.platform = flags.text("platform");
    if (!named) return from;
    from.as_text = words[1];
    from.stage_text = words[2];
    from.stage = to_lower(words[2]);
    if (!is_stage_name(from.stage))
        return statement.error_at(words[2], format("invalid name for build stage: {}", quoted(words[2])),
                                  "a name starts with a letter; letters, digits, - _ and . follow");
    from.description = find_description(statement, from.stage);
    return from;
}

Result<InstructionBody> parse_arg(const Statement& statement) {
    MABPLAN_CHECK(refuse_flags(statement));
    if (statement.arguments.empty()) return needs_argument(statement);
    Arg arg;
    for (const std::string& word : statement.arguments) {
        const std::size_t equals = word.find('=');
        ArgDefinition definition{word.substr(0, equals), std::nullopt, {}};
        if (definition.name.empty()) return statement.error_at(word, "ARG names can not be blank");
        if (equals != std::string::npos) definition.value = word.substr(equals + 1);
        definition.description = find_description(statement, definition.name);
        arg.definitions.push_back(std::move(definition));
    }
    return arg;
}

Result<InstructionBody> parse_env(const Statement& statement) {
    MABPLAN_CHECK(check_names(statement));
    return Env{statement.pairs, statement.pair_form};
}

Result<InstructionBody> parse_label(const Statement& statement) {
    MABPLAN_CHECK(check_names(statement));
    return Label{statement.pairs, statement.pair_form};
}

}  // namespace mabplan::compiler
