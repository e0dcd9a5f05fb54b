// Which secrets and ssh agents a build grants, as sources in the plan. Knows names of files and variables, never a value.
#pragma once

#include "compiler/lower/plan_builder.h"
#include "compiler/matrix/matrix.h"

namespace mabplan::compiler {

// Input errors: a secret that is not declared, two sources of one id, what only a Dockerfile can say.
Status add_secret_sources(const Matrix& matrix, const Build& build, PlanBuilder& plan);

}  // namespace mabplan::compiler
