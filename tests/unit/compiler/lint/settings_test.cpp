// Which rules are looked at.
#include "compiler/lint/settings.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

SourceTextPtr source(const std::string& text) { return std::make_shared<SourceText>("Dockerfile", text); }
bool wants(const LintSettings& settings, RuleId id) { return settings.wants(rule_of(id)); }
std::string refusal(const std::string& text) {
    const auto settings = parse_lint_settings(text);
    return settings ? "read" : settings.error().message;
}

}  // namespace

TEST_CASE("without settings all rules are looked at but those on request") {
    const LintSettings settings = parse_lint_settings("  ").value();
    for (const Rule& rule : all_rules())
        CHECK(settings.wants(rule) == (rule.id != RuleId::InvalidDefinitionDescription && rule.id != RuleId::UnpinnedBaseImage));
    CHECK_FALSE(settings.error);
}

TEST_CASE("parts come in any order, with blanks round names and values") {
    const LintSettings settings = parse_lint_settings("error = TRUE; experimental=all ;skip= StageNameCasing , FromAsCasing").value();
    CHECK(settings.error);
    CHECK_FALSE(wants(settings, RuleId::StageNameCasing));
    CHECK_FALSE(wants(settings, RuleId::FromAsCasing));
    CHECK(wants(settings, RuleId::UndefinedVar));
    CHECK(wants(settings, RuleId::InvalidDefinitionDescription));
}

TEST_CASE("skip=all skips all but what is on request and named") {
    const LintSettings settings = parse_lint_settings("skip=all;experimental=InvalidDefinitionDescription").value();
    CHECK_FALSE(wants(settings, RuleId::UndefinedVar));
    CHECK_FALSE(wants(settings, RuleId::UnpinnedBaseImage));
    CHECK(wants(settings, RuleId::InvalidDefinitionDescription));
    CHECK_FALSE(
        wants(parse_lint_settings("skip=InvalidDefinitionDescription;experimental=all").value(), RuleId::InvalidDefinitionDescription));
}

TEST_CASE("a fourth part belongs to the third") {
    CHECK(parse_lint_settings("skip=A;error=false;experimental=B;C").value().experimental.names ==
          std::set<std::string, std::less<>>{"B;C"});
}

TEST_CASE("what is no setting is refused") {
    CHECK(refusal("StageNameCasing") == "invalid check option \"StageNameCasing\"");
    CHECK(refusal("skipp=A") == "invalid check option \"skipp\"");
    CHECK(parse_lint_settings("skipp=A").error().hint == "did you mean \"skip\"?");
    CHECK(refusal("skip=A;") == "invalid check option \"\"");
    CHECK(refusal("error=maybe") == "failed to parse check option \"error=maybe\": expected true or false");
}

TEST_CASE("a Dockerfile's settings stand at its head") {
    CHECK(lint_settings_of(source("# syntax=docker/dockerfile:1\n# check=error=true\nFROM scratch\n"), std::nullopt).value().error);
    CHECK(lint_settings_of(source("# check=error=1 // for now\nFROM scratch\n"), std::nullopt).value().error);
    CHECK_FALSE(lint_settings_of(source("\n# check=error=true\nFROM scratch\n"), std::nullopt).value().error);
    const auto bad = lint_settings_of(source("#check=skipall\nFROM scratch\n"), std::nullopt);
    REQUIRE_FALSE(bad);
    CHECK(bad.error().message == "failed to parse check options: invalid check option \"skipall\"");
    CHECK(format_place(*bad.error().place) == "Dockerfile:1:8");
}

TEST_CASE("a build argument replaces them") {
    const SourceTextPtr text = source("# check=error=true;skip=UndefinedVar\nFROM scratch\n");
    const LintSettings settings = lint_settings_of(text, "skip=all").value();
    CHECK_FALSE(settings.error);
    CHECK_FALSE(wants(settings, RuleId::StageNameCasing));
    CHECK(wants(lint_settings_of(text, "").value(), RuleId::UndefinedVar));
    CHECK(lint_settings_of(text, "no").error().message == "failed to parse BUILDKIT_DOCKERFILE_CHECK: invalid check option \"no\"");
}

TEST_CASE("comments add to the settings") {
    const LintSettings file = parse_lint_settings("skip=UndefinedVar").value();
    const LintSettings both = with_comments(file, {"some words", "Check = skip=FromAsCasing // why", "check=skip=StageNameCasing"});
    CHECK_FALSE(wants(both, RuleId::UndefinedVar));
    CHECK_FALSE(wants(both, RuleId::FromAsCasing));
    CHECK(wants(both, RuleId::StageNameCasing));
    CHECK(wants(with_comments(file, {"check=nonsense", "check=skip=StageNameCasing"}), RuleId::StageNameCasing));
    CHECK_FALSE(with_comments(file, {"check=error=true"}).error);
}
