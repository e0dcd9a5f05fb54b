// SOURCE_DATE_EPOCH of the environment.
#pragma once

#include "compiler/matrix/matrix.h"
#include "compiler/ports/environment.h"

namespace mabplan::tools {

// A build argument of every build that has none of this name, as `docker buildx build` and `bake` pass it; where the matrix file says
// when the images are made, that holds. An Input error for what are no seconds since 1970.
Status give_epoch(compiler::Matrix& matrix, const compiler::Environment& environment);

}  // namespace mabplan::tools
