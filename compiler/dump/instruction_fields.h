// The parts of one instruction as a JSON object: what dump_ast shows. Behind dump.h.
#pragma once

#include "compiler/dockerfile/ast.h"
#include "plans/base/json.h"

namespace mabplan::compiler {

// In the order in which they are shown; empty parts are left out.
OrderedJson instruction_fields(const InstructionBody& body);

}  // namespace mabplan::compiler
