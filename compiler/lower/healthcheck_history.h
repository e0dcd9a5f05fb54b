// HEALTHCHECK as a line of the history of an image, in docker's words.
#pragma once

#include "compiler/dockerfile/ast.h"

#include <string>
#include <vector>

namespace mabplan::compiler {

// `test` is what healthcheck_test() makes of it: "HEALTHCHECK {Test:[CMD-SHELL true] Interval:30s Timeout:0s StartPeriod:0s
// StartInterval:0s Retries:0}"
std::string healthcheck_history(const std::vector<std::string>& test, const Healthcheck& healthcheck);

}  // namespace mabplan::compiler
