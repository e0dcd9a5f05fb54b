// Rules that the text alone decides.
#include "compiler/lint/syntax_rules.h"
#include "plans/base/format.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

using Lines = std::vector<std::string>;

// "place: rule: detail" of what a rule found.
Lines syntax_found(const std::string& text, RuleId rule) {
    Lines out;
    for (const SyntaxFinding& each : check_syntax(read_dockerfile(std::make_shared<SourceText>("D", text))))
        if (each.rule == rule) out.push_back(format("{}: {}", format_place(each.place), each.detail));
    return out;
}

}  // namespace

TEST_CASE("stage names are in lower case") {
    CHECK(syntax_found("FROM scratch AS One\nFROM scratch AS two-2\nFROM One\n", RuleId::StageNameCasing) ==
          Lines{"D:1:17: Stage name 'One' should be lowercase"});
}

TEST_CASE("AS is written as FROM is, if that is in one case") {
    CHECK(syntax_found("FROM a as x\nfrom a AS y\nfrom a as z\nFROM a aS w\n", RuleId::FromAsCasing) ==
          Lines{"D:1:8: 'as' and 'FROM' keywords' casing do not match", "D:2:8: 'AS' and 'from' keywords' casing do not match",
                "D:4:8: 'aS' and 'FROM' keywords' casing do not match"});
    CHECK(syntax_found("From a as x\n", RuleId::FromAsCasing).empty());
}

TEST_CASE("a blank line inside a continuation belongs to the end of its instruction") {
    CHECK(syntax_found("FROM scratch\nLABEL a=b \\\n\n  c=d\nUSER x\n", RuleId::NoEmptyContinuation) ==
          Lines{"D:4: Empty continuation line"});
    CHECK(syntax_found("FROM scratch\nLABEL a=b \\\n# words\n  c=d\n", RuleId::NoEmptyContinuation).empty());
}

TEST_CASE("instructions are in the case of most of them, upper case where it is even") {
    CHECK(syntax_found("from a\nuser b\nUSER c\n", RuleId::ConsistentInstructionCasing) ==
          Lines{"D:3:1: Command 'USER' should match the case of the command majority (lowercase)"});
    CHECK(syntax_found("from a\nUSER c\n", RuleId::ConsistentInstructionCasing) ==
          Lines{"D:1:1: Command 'from' should match the case of the command majority (uppercase)"});
    CHECK(syntax_found("From a\nUser b\n", RuleId::ConsistentInstructionCasing).size() == 2);
    CHECK(syntax_found("arg X\nFROM a\n", RuleId::ConsistentInstructionCasing).empty());
}

TEST_CASE("stage names are not taken twice, and not from what is reserved") {
    const std::string text = "FROM a AS x\nFROM b AS X\nFROM c AS Context\nFROM d AS scratch\n";
    CHECK(syntax_found(text, RuleId::DuplicateStageName) == Lines{"D:2:11: Duplicate stage name \"x\", stage names should be unique"});
    CHECK(syntax_found(text, RuleId::ReservedStageName) ==
          Lines{"D:3:11: Stage name should not use the same name as reserved stage \"context\"",
                "D:4:11: Stage name should not use the same name as reserved stage \"scratch\""});
}

TEST_CASE("MAINTAINER is of the past") {
    CHECK(syntax_found("FROM scratch\nmaintainer me\n", RuleId::MaintainerDeprecated) ==
          Lines{"D:2:1: Maintainer instruction is deprecated in favor of using label"});
}

TEST_CASE("the last comment line above ARG or a named stage begins with the name") {
    const auto descriptions = [](const std::string& text) { return syntax_found(text, RuleId::InvalidDefinitionDescription); };
    CHECK(descriptions("# words about it\nARG tag=1\nFROM scratch\n") ==
          Lines{"D:2:1: Comment for ARG should follow the format: `# tag <description>`"});
    CHECK(descriptions("# words\nARG a b=1\nFROM scratch\n") ==
          Lines{"D:2:1: Comment for ARG should follow the format: `# <arg_key> <description>`"});
    CHECK(descriptions("# words\nFROM scratch AS Base\n") ==
          Lines{"D:2:1: Comment for FROM should follow the format: `# base <description>`"});
    CHECK(descriptions("# words\n# b is this\nARG a b=1\n# base: no\n#\nFROM scratch AS base\n# words\nFROM scratch\n").empty());
}

TEST_CASE("above a mistake only what an instruction says alone is looked at") {
    const std::string text = "FROM scratch AS A\nMAINTAINER x\nuser y\nRNU z\nMAINTAINER w\n";
    const auto all = check_syntax(read_dockerfile(std::make_shared<SourceText>("D", text)));
    Lines names;
    for (const SyntaxFinding& each : all) names.push_back(format("{} {}", each.line, rule_of(each.rule).name));
    CHECK(names == Lines{"1 StageNameCasing", "2 MaintainerDeprecated"});
}
