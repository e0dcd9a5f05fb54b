// Findings and errors as text for people, for programs and for those who show them beside the source. Writes nothing itself.
#pragma once

#include "compiler/lint/finding.h"
#include "plans/base/result.h"

#include <string>
#include <vector>

namespace mabplan::compiler {

struct LintReport {
    std::vector<Finding> findings;
    Errors errors;  // what kept the check from coming to its end, and findings that count as errors
};

enum class ReportFormat {
    Text,    // place, detail, excerpt, description, page
    Json,    // {"findings": […], "errors": […]}; columns count characters from 1, ends stand behind the last one
    Sarif,   // SARIF 2.1.0 (OASIS): one run, all rules, a result for each finding and error
    GitHub,  // workflow commands: "::warning file=…,line=…,col=…,title=RULE::DETAIL"
};

std::string write_report(const LintReport& report, ReportFormat format);

// One line: "Dockerfile:3:6: StageNameCasing: Stage name 'Base' should be lowercase".
std::string format_finding(const Finding& finding);

}  // namespace mabplan::compiler
