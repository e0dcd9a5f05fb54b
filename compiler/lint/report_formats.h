// The report formats that others define, behind write_report().
#pragma once

#include "compiler/lint/region.h"
#include "compiler/lint/report.h"

namespace mabplan::compiler {

std::string sarif_report(const LintReport& report);
std::string github_report(const LintReport& report);

}  // namespace mabplan::compiler
