// The linter as a collector: settings, scopes, errors, and rules whose calls are made by hand.
#include "tests/support/lint_project.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;
using namespace mabplan::tests;

namespace {

using Lines = std::vector<std::string>;

Lines lines_of(const Linter& linter) {
    Lines out;
    for (const Finding& finding : linter.findings())
        out.push_back(format_place(finding.place) + " " + std::string(finding.about().name) + " " + finding.detail);
    return out;
}

// Applies every instruction of every stage, as lowering does, for as many platforms.
Lines applied(const std::string& text, int platforms = 1) {
    const PartialDockerfile read = read_dockerfile(std::make_shared<SourceText>("D", text));
    const StageGraph graph = cut_stages(read.dockerfile).value();
    Linter linter;
    for (int i = 0; i < platforms; ++i) {
        linter.begin(read, std::nullopt);
        for (const Stage& stage : graph.stages)
            for (const Instruction* instruction : stage.instructions) linter.instruction_applied({stage, *instruction});
    }
    return lines_of(linter);
}

Errors errors_of(const std::string& text, CompileMode mode = CompileMode::Build) {
    Project project(text);
    project.mode = mode;
    return lint(project).errors;
}

}  // namespace

TEST_CASE("of CMD, ENTRYPOINT and HEALTHCHECK the last in a stage counts, the others are told, once") {
    const std::string suffix = " instructions should not be used in the same stage because only the last one will be used";
    CHECK(applied("FROM a\nCMD [\"x\"]\nENTRYPOINT [\"x\"]\ncmd [\"y\"]\nCMD [\"z\"]\nHEALTHCHECK NONE\nFROM b\nHEALTHCHECK "
                  "NONE\nENTRYPOINT [\"x\"]\n",
                  2) == Lines{"D:2:1 MultipleInstructionsDisallowed Multiple CMD" + suffix,
                              "D:4:1 ConsistentInstructionCasing Command 'cmd' should match the case of the command majority (uppercase)",
                              "D:4:1 MultipleInstructionsDisallowed Multiple cmd" + suffix});
}

TEST_CASE("ENV and LABEL have an equals sign") {
    CHECK(applied("FROM a\nENV x y\nLABEL x y\n# check=skip=LegacyKeyValueFormat\nENV z w\nENV a=b\n") ==
          Lines{"D:2:1 LegacyKeyValueFormat \"ENV key=value\" should be used instead of legacy \"ENV key value\" format",
                "D:3:1 LegacyKeyValueFormat \"LABEL key=value\" should be used instead of legacy \"LABEL key value\" format"});
}

TEST_CASE("a comment is for the next instruction, FROM included, and no other") {
    Project project(
        "# check=skip=StageNameCasing\nFROM base AS Ax\n# check=skip=all\nUSER $A\nUSER $B\n# check=skip=StageNameCasing\nFROM base AS "
        "Cx\n");
    project.mode = CompileMode::Check;
    Lines lines = lint_lines(project);
    std::erase_if(lines, [](const std::string& line) { return line.find("UnpinnedBaseImage") != std::string::npos; });
    CHECK(lines == Lines{"5: UndefinedVar: Usage of undefined variable '$B'"});
}

TEST_CASE("error=true makes an error of findings, with rules and places") {
    const Errors errors = errors_of("# check=error=true\nFROM base AS Ax\nUSER $B\nUSER $A\n");
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].message == "lint violation found for rules: StageNameCasing, UndefinedVar");
    CHECK(errors[0].detail ==
          "  Dockerfile:2:14: StageNameCasing: Stage name 'Ax' should be lowercase\n  Dockerfile:3:6: UndefinedVar: Usage of undefined "
          "variable '$B'\n"
          "  Dockerfile:4:6: UndefinedVar: Usage of undefined variable '$A'\n");
    CHECK(errors_of("# check=error=true;skip=StageNameCasing\nFROM base AS Ax\n").empty());
    CHECK(errors_of("FROM base AS Ax\n").empty());
}

TEST_CASE("a rule of mabplan's own sinks no build that passes elsewhere") {
    CHECK(errors_of("# check=error=true\nFROM base\nADD https://example.com/a /\n", CompileMode::Check).empty());
}

TEST_CASE("settings that can't be read are an error, once for all platforms") {
    Project project("# check=skipp=all\nFROM scratch\n", {"linux/amd64", "linux/arm64"});
    const Errors errors = lint(project).errors;
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].message == "failed to parse check options: invalid check option \"skipp\"");
}

TEST_CASE("findings are sorted by file, line and detail") {
    Findings findings;
    const auto one = std::make_shared<SourceText>("one", "a\nb\n"), two = std::make_shared<SourceText>("two", "a\n");
    findings.add({RuleId::UndefinedVar, "z", {one, 2, 1, 1, 0}, 2});
    findings.add({RuleId::UndefinedVar, "a", {two, 1, 1, 1, 0}, 1});
    findings.add({RuleId::StageNameCasing, "y", {one, 2, 1, 1, 0}, 2});
    findings.add({RuleId::UndefinedVar, "x", {one, 1, 1, 1, 0}, 1});
    findings.add({RuleId::UndefinedVar, "z", {one, 2, 4, 1, 0}, 2});
    Lines details;
    for (const Finding& finding : findings.sorted()) details.push_back(finding.detail);
    CHECK(details == Lines{"x", "y", "z", "a"});
}
