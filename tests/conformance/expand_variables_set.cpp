#include "tests/conformance/sets.h"

#include "compiler/dockerfile/shell_pattern.h"
#include "compiler/dockerfile/shell_words.h"

#include <array>
#include <regex>

namespace mabplan::conformance {

namespace {

using namespace mabplan::compiler;

std::vector<std::string> environment_of(const Json& one) {
    std::vector<std::string> entries;
    if (one.contains("env_list")) return member_of(one, "env_list").get<std::vector<std::string>>();
    const Json environment = member_of(one, "env");
    for (const auto& [name, value] : environment.items()) entries.push_back(name + "=" + value.get<std::string>());
    return entries;
}

Outcome check_word(const Json& one) {
    const std::vector<std::string> environment = environment_of(one);
    NamesUsed names;
    const auto expanded = expand_word(text_of(one, "input"), VariableList(environment), {}, &names);
    if (!expanded) return compare_error(one, expanded.error().message);
    if (wants_error(one)) return missing_error(*expanded);
    Json wanted{{"result", one.at("result")}};
    Json obtained{{"result", *expanded}};
    for (const auto& [key, found] : {std::pair{"matched", names.found}, std::pair{"unmatched", names.missing}}) {
        if (!one.contains(key)) continue;
        wanted[key] = one.at(key);
        obtained[key] = found;
    }
    return compare(wanted, obtained);
}

// The longest match at the start must be the one of the equivalent expression, on texts that such a pattern may tell apart.
Outcome check_pattern(const Json& one) {
    const std::string text = text_of(one, "pattern");
    const auto pattern = ShellPattern::parse(text);
    if (!pattern) return compare_error(one, pattern.error().message);
    if (wants_error(one)) return missing_error("a pattern");
    const std::regex expression(text_of(one, "regex"), std::regex::ECMAScript);
    constexpr std::array<const char*, 12> kSubjects{"", "*", "?", "\\", "a", "ab", "**", "*a", "?*", "\\*", "a*b?c\\", "abcabc"};
    for (std::string subject : kSubjects) {
        for (const std::string& value : {subject, text + subject, subject + text}) {
            std::smatch match;
            const bool matches = std::regex_search(value, match, expression, std::regex_constants::match_continuous);
            const std::string wanted = matches ? match.suffix().str() : value;
            const auto obtained = pattern->remove_prefix(value, ShellPattern::Extent::Longest);
            if (!obtained || *obtained != wanted)
                return failed("on " + value + " wanted " + wanted + ", obtained " + obtained.value_or("an error"));
        }
    }
    return passed();
}

}  // namespace

Outcome check_expand_variables(const Json& one) {
    const std::string kind = text_of(one, "kind");
    if (kind == "word") return check_word(one);
    if (kind == "pattern") return check_pattern(one);
    return skipped("unknown kind " + kind);
}

Outcome check_split_words(const Json& one) {
    if (text_of(one, "kind") != "words") return skipped("unknown kind");
    const std::vector<std::string> environment = environment_of(one);
    const auto words = expand_words(text_of(one, "input"), VariableList(environment));
    if (!words) return compare_error(one, words.error().message);
    if (wants_error(one)) return missing_error(*words);
    return compare(one.at("words"), *words);
}

}  // namespace mabplan::conformance
