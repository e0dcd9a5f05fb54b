// From the command line's words to a plan: finds the matrix file or makes one of flags, compiles it, tells warnings.
#pragma once

#include "compiler/matrix/matrix.h"
#include "plans/model/plan.h"
#include "runtime/store/store.h"
#include "tools/mabplan/command_line.h"

#include <string>

namespace mabplan::tools {

struct CompiledProject {
    Plan plan;
    std::string root;  // absolute: what the plan's paths are relative to
};

// All errors are printed by the caller, in order.
Checked<CompiledProject> compile_matrix_file(const CompileOptions& options, runtime::Store& store);
Checked<CompiledProject> compile_dockerfile(const BuildOptions& options, runtime::Store& store);

}  // namespace mabplan::tools
