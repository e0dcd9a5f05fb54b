// Reports, compared as a whole.
#include "compiler/lint/report.h"

#include "compiler/lint/region.h"
#include "plans/base/json.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

SourceTextPtr dockerfile() { return std::make_shared<SourceText>("a b/Dockerfile", "FROM scratch AS Ä1\nMAINTAINER me\n"); }

LintReport example() {
    const SourceTextPtr text = dockerfile();
    LintReport report;
    report.findings.push_back({RuleId::StageNameCasing, "Stage name 'Ä1' should be lowercase", {text, 1, 17, 3, 0}, 1});
    report.findings.push_back({RuleId::UnpinnedBaseImage, "100% of a, b\nand c", {text, 2, 0, 1, 0}, 2});
    report.errors.push_back({ErrorKind::Input, "no: it is wrong", SourcePlace{text, 2, 12, 2, 0}, {}, "mend it", {}});
    report.errors.push_back({ErrorKind::Registry, "no answer", {}, {}, {}, {}});
    return report;
}

}  // namespace

TEST_CASE("regions count characters and end behind the last one") {
    const SourceTextPtr text = dockerfile();
    const auto inside = region_of({text, 1, 17, 3, 0});
    REQUIRE(inside);
    CHECK(inside->column == 17);
    CHECK(inside->end_column == 19);
    const auto behind = region_of({text, 1, 19, 1, 0});
    CHECK(behind->column == 18);
    CHECK(region_of({text, 1, 0, 1, 2})->end_line == 2);
    CHECK_FALSE(region_of({text, 0, 0, 1, 0}));
}

TEST_CASE("as text") {
    CHECK(write_report(example(), ReportFormat::Text) ==
          R"(a b/Dockerfile:1:17: warning: StageNameCasing: Stage name 'Ä1' should be lowercase
>    1 | FROM scratch AS Ä1
       |                 ^^^
     2 | MAINTAINER me
  Stage names should be lowercase
  https://docs.docker.com/go/dockerfile/rule/stage-name-casing/

a b/Dockerfile:2: warning: UnpinnedBaseImage: 100% of a, b?and c
     1 | FROM scratch AS Ä1
>    2 | MAINTAINER me
  A base image without a digest may be another one tomorrow

a b/Dockerfile:2:12: error: no: it is wrong
     1 | FROM scratch AS Ä1
>    2 | MAINTAINER me
       |            ^^
  hint: mend it

error: no answer

2 warnings, 2 errors
)");
    CHECK(write_report({}, ReportFormat::Text) == "nothing found\n");
}

TEST_CASE("as JSON") {
    CHECK(write_report(example(), ReportFormat::Json) == R"({
  "errors": [
    {
      "column": 12,
      "end_column": 14,
      "end_line": 2,
      "file": "a b/Dockerfile",
      "hint": "mend it",
      "kind": "input",
      "line": 2,
      "message": "no: it is wrong"
    },
    {
      "kind": "registry",
      "message": "no answer"
    }
  ],
  "findings": [
    {
      "column": 17,
      "description": "Stage names should be lowercase",
      "detail": "Stage name 'Ä1' should be lowercase",
      "end_column": 19,
      "end_line": 1,
      "file": "a b/Dockerfile",
      "instruction_line": 1,
      "line": 1,
      "origin": "buildkit",
      "rule": "StageNameCasing",
      "url": "https://docs.docker.com/go/dockerfile/rule/stage-name-casing/"
    },
    {
      "description": "A base image without a digest may be another one tomorrow",
      "detail": "100% of a, b\nand c",
      "end_line": 2,
      "file": "a b/Dockerfile",
      "instruction_line": 2,
      "line": 2,
      "origin": "mabplan",
      "rule": "UnpinnedBaseImage",
      "url": ""
    }
  ]
}
)");
}

TEST_CASE("as workflow commands") {
    CHECK(write_report(example(), ReportFormat::GitHub) ==
          "::warning file=a b/Dockerfile,line=1,endLine=1,col=17,endColumn=19,title=StageNameCasing::Stage name 'Ä1' should be lowercase%0A"
          "https://docs.docker.com/go/dockerfile/rule/stage-name-casing/\n"
          "::warning file=a b/Dockerfile,line=2,endLine=2,title=UnpinnedBaseImage::100%25 of a, b%0Aand c\n"
          "::error file=a b/Dockerfile,line=2,endLine=2,col=12,endColumn=14,title=mabplan::no: it is wrong%0Amend it\n"
          "::error title=mabplan::no answer\n");
    LintReport odd;
    odd.errors.push_back({ErrorKind::Input, "x", SourcePlace{std::make_shared<SourceText>("C:\\a,b%", "x"), 1, 0, 1, 0}, {}, {}, {}});
    CHECK(write_report(odd, ReportFormat::GitHub) == "::error file=C%3A\\a%2Cb%25,line=1,endLine=1,title=mabplan::x\n");
}

TEST_CASE("as SARIF: one run, all rules, results that point at theirs") {
    const Json log = parse_json(write_report(example(), ReportFormat::Sarif), "report").value();
    CHECK(log.at("version") == "2.1.0");
    const Json& run = log.at("runs").at(0);
    const Json& rules = run.at("tool").at("driver").at("rules");
    CHECK(rules.size() == all_rules().size() + 1);
    for (const Json& result : run.at("results")) CHECK(rules.at(result.at("ruleIndex").get<std::size_t>()).at("id") == result.at("ruleId"));
    CHECK(
        dump_json(rules.at(0)) ==
        R"({"defaultConfiguration":{"enabled":true,"level":"warning"},"helpUri":"https://docs.docker.com/go/dockerfile/rule/stage-name-casing/",)"
        R"("id":"StageNameCasing","properties":{"tags":["buildkit"]},"shortDescription":{"text":"Stage names should be lowercase"}})");
    CHECK(
        dump_json(run.at("results")) ==
        R"J([{"level":"warning","locations":[{"physicalLocation":{"artifactLocation":{"uri":"a%20b/Dockerfile"},)J"
        R"J("region":{"endColumn":19,"endLine":1,"startColumn":17,"startLine":1}}}],"message":{"text":"Stage name 'Ä1' should be lowercase"},"ruleId":"StageNameCasing","ruleIndex":0},)J"
        R"J({"level":"warning","locations":[{"physicalLocation":{"artifactLocation":{"uri":"a%20b/Dockerfile"},"region":{"endLine":2,"startLine":2}}}],)J"
        R"J("message":{"text":"100% of a, b\nand c"},"ruleId":"UnpinnedBaseImage","ruleIndex":22},)J"
        R"J({"level":"error","locations":[{"physicalLocation":{"artifactLocation":{"uri":"a%20b/Dockerfile"},"region":{"endColumn":14,"endLine":2,"startColumn":12,"startLine":2}}}],)J"
        R"J("message":{"text":"no: it is wrong (mend it)"},"ruleId":"CannotBuild","ruleIndex":30},)J"
        R"J({"level":"error","message":{"text":"no answer"},"ruleId":"CannotBuild","ruleIndex":30}])J");
}

TEST_CASE("one line for the console") {
    CHECK(format_finding(example().findings[0]) == "a b/Dockerfile:1:17: StageNameCasing: Stage name 'Ä1' should be lowercase");
}
