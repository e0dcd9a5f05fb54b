#include "compiler/dockerfile/flag_words.h"

#include "compiler/dockerfile/blank.h"
#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

std::size_t skip_blanks(std::string_view line, std::size_t at) {
    while (at < line.size() && is_blank(line[at])) ++at;
    return at;
}

FlagWord take_flag(std::string_view line, std::size_t offset, char escape) {
    FlagWord flag{{}, offset, 0};
    char quote = '\0';
    std::size_t at = offset;
    for (; at < line.size() && (quote != '\0' || !is_blank(line[at])); ++at) {
        const char c = line[at];
        if (c == escape) {
            if (++at < line.size()) flag.text += line[at];
        } else if (c == quote) quote = '\0';
        else if (quote == '\0' && (c == '\'' || c == '"')) quote = c;
        else flag.text += c;
    }
    flag.width = std::min(at, line.size()) - offset;
    return flag;
}

struct FlagText {
    std::string name;  // without "--"
    std::optional<std::string> value;
};

FlagText split_flag(std::string_view text) {
    const std::size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    FlagText flag{std::string(name.substr(std::min<std::size_t>(2, name.size()))), std::nullopt};
    if (equals != std::string_view::npos) flag.value = text.substr(equals + 1);
    return flag;
}

Failure unknown_flag(const std::string& name, std::span<const FlagRule> rules) {
    std::vector<std::string> known;
    for (const FlagRule& rule : rules) known.push_back(rule.name);
    std::string hint = suggestion(name, known);
    if (hint.empty() && !known.empty()) hint = format("known are --{}", join(known, ", --"));
    if (known.empty()) hint = "this instruction takes no flags";
    return fail(ErrorKind::Input, format("unknown flag: --{}", name), std::move(hint));
}

Result<std::string> flag_value(const FlagText& flag, FlagKind kind) {
    const bool missing = kind == FlagKind::Switch ? flag.value && flag.value->empty() : !flag.value;
    if (missing) return input_error(format("missing a value on flag: --{}", flag.name));
    if (kind != FlagKind::Switch) return *flag.value;
    const std::string state = to_lower(flag.value.value_or("true"));
    if (state == "true" || state == "false") return state;
    return input_error(format("flag --{} is true or false, not {}", flag.name, quoted(*flag.value)));
}

Status add_flag(const FlagWord& word, std::span<const FlagRule> rules, std::map<std::string, std::vector<std::string>>& values) {
    if (!word.text.starts_with("--")) return input_error(format("a flag starts with --, {} does not", quoted(word.text)));
    const FlagText flag = split_flag(word.text);
    const auto rule = std::find_if(rules.begin(), rules.end(), [&](const FlagRule& each) { return each.name == flag.name; });
    if (rule == rules.end()) return unknown_flag(flag.name, rules);
    MABPLAN_TRY(value, flag_value(flag, rule->kind));
    std::vector<std::string>& given = values[flag.name];
    if (!given.empty() && rule->kind != FlagKind::List) return input_error(format("duplicate flag: --{} is given twice", flag.name));
    given.push_back(std::move(value));
    return {};
}

}  // namespace

FlagCut cut_flags(std::string_view line, std::size_t offset, char escape) {
    FlagCut cut;
    for (std::size_t at = skip_blanks(line, offset);; at = skip_blanks(line, at)) {
        cut.rest = at;
        if (line.substr(std::min(at, line.size()), 2) != "--") return cut;
        FlagWord flag = take_flag(line, at, escape);
        at += flag.width;
        if (flag.text == "--") {
            cut.rest = skip_blanks(line, at);
            return cut;
        }
        cut.flags.push_back(std::move(flag));
    }
}

std::string Flags::text(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::string() : found->second.back();
}

std::vector<std::string> Flags::list(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::vector<std::string>() : found->second;
}

std::optional<bool> Flags::state(const std::string& name) const {
    if (!given(name)) return std::nullopt;
    return is_on(name);
}

std::vector<std::string> Flags::names() const {
    std::vector<std::string> names;
    for (const auto& [name, values] : values_) names.push_back(name);
    return names;
}

Result<Flags> parse_flags(const std::vector<FlagWord>& words, std::span<const FlagRule> rules, const Statement* statement) {
    Flags flags;
    for (const FlagWord& word : words) {
        if (word.text == "--") break;
        auto added = add_flag(word, rules, flags.values_);
        if (added) continue;
        if (statement == nullptr) return pass(std::move(added).error());
        return fail(std::move(added).error().at(statement->place_of(word)));
    }
    return flags;
}

Result<Flags> parse_flags(const Statement& statement, std::span<const FlagRule> rules) {
    return parse_flags(statement.flags, rules, &statement);
}

}  // namespace mabplan::compiler
