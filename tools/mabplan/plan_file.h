// A plan as a file.
#pragma once

#include "plans/model/plan.h"

#include <string>

namespace mabplan::tools {

// An Input error for what is none, with what makes one.
Result<Plan> read_plan_file(const std::string& path);

}  // namespace mabplan::tools
