// A plan as JSON text: the same plan always gives the same bytes. The format is described in plans/README.md.
#pragma once

#include "plans/model/plan.h"

#include <string>

namespace mabplan {

inline constexpr std::string_view kPlanSchema = "mabplan-plan-8";

std::string write_plan(const Plan& plan);

}  // namespace mabplan
