// What mabplan.yaml can say and the lowering can't do yet: refused with its place, never ignored.
#pragma once

#include "compiler/matrix/matrix.h"

namespace mabplan::compiler {

Errors refuse_unsupported(const Target& target, const Cell& cell);

}  // namespace mabplan::compiler
