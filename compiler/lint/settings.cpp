#include "compiler/lint/settings.h"

#include "compiler/dockerfile/directives.h"
#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"

#include <algorithm>
#include <array>

namespace mabplan::compiler {

namespace {

constexpr std::size_t kMostParts = 3;
constexpr std::string_view kKnownParts =
    "expected skip=RULE,…, experimental=RULE,… or error=true, separated by semicolons; \"all\" stands for all rules";

LintSettings::Selection parse_selection(std::string_view text) {
    LintSettings::Selection selection;
    if (text == "all") selection.all = true;
    else
        for (const std::string_view name : split(text, ',')) selection.names.emplace(trim(name));
    return selection;
}

Status read_part(std::string_view part, LintSettings& settings) {
    const std::size_t equals = part.find('=');
    const std::string_view key = equals == std::string_view::npos ? part : trim(part.substr(0, equals));
    const auto refuse = [&](std::string message) {
        const std::string meant = suggestion(key, std::array<std::string, 3>{"skip", "experimental", "error"});
        return fail(ErrorKind::Input, std::move(message),
                    meant.empty() || equals == std::string_view::npos ? std::string(kKnownParts) : meant);
    };
    if (equals == std::string_view::npos) return refuse(format("invalid check option {}", quoted(part)));
    const std::string_view value = trim(part.substr(equals + 1));
    if (key == "skip") settings.skip = parse_selection(value);
    else if (key == "experimental") settings.experimental = parse_selection(value);
    else if (key != "error") return refuse(format("invalid check option {}", quoted(key)));
    else if (const auto truth = parse_truth(value)) settings.error = *truth;
    else return input_error(format("failed to parse check option {}: expected true or false", quoted(part)));
    return {};
}

SourcePlace place_of(const Directive& directive, const SourceTextPtr& source) {
    const std::size_t column = source->line(directive.line).find(directive.value);
    if (column == std::string_view::npos) return {source, directive.line, 0, 1, 0};
    return {source, directive.line, column + 1, directive.value.size(), 0};
}

}  // namespace

void LintSettings::Selection::add(const Selection& other) {
    all |= other.all;
    names.insert(other.names.begin(), other.names.end());
}

bool LintSettings::wants(const Rule& rule) const {
    if (rule.use == RuleUse::OnRequest) return experimental.contains(rule.name) && !skip.names.contains(rule.name);
    return !skip.contains(rule.name);
}

Result<LintSettings> parse_lint_settings(std::string_view text) {
    LintSettings settings;
    text = trim(text);
    if (text.empty()) return settings;
    for (std::size_t part = 1; part <= kMostParts; ++part) {
        const std::size_t end = part == kMostParts ? text.size() : std::min(text.find(';'), text.size());
        MABPLAN_CHECK(read_part(text.substr(0, end), settings));
        if (end == text.size()) break;
        text.remove_prefix(end + 1);
    }
    return settings;
}

Result<LintSettings> lint_settings_of(const SourceTextPtr& source, const std::optional<std::string>& argument) {
    const auto explain = [](Error error, std::string_view what) {
        error.message = format("failed to parse {}: {}", what, error.message);
        return fail(std::move(error));
    };
    if (argument) {
        auto settings = parse_lint_settings(*argument);
        return settings ? std::move(settings) : explain(std::move(settings).error(), "BUILDKIT_DOCKERFILE_CHECK");
    }
    const auto directive = find_directive(source->content(), "check");
    if (!directive) return LintSettings{};
    auto settings = parse_lint_settings(first_word(*directive));
    return settings ? std::move(settings) : explain(std::move(settings).error().at(place_of(*directive, source)), "check options");
}

LintSettings with_comments(LintSettings settings, const std::vector<std::string>& comments) {
    for (const std::string& comment : comments) {
        const auto directive = DirectiveReader("").read(comment, 0);
        if (!directive || !*directive || (*directive)->name != "check") continue;
        if (const auto own = parse_lint_settings(first_word(**directive))) {
            settings.skip.add(own->skip);
            settings.experimental.add(own->experimental);
        }
        break;
    }
    return settings;
}

}  // namespace mabplan::compiler
