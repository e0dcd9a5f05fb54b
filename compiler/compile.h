// From what was asked for to a plan. Same inputs and same answers of the ports give the same plan.
#pragma once

#include "compiler/lower/cell_lowering.h"
#include "compiler/matrix/matrix.h"
#include "plans/model/plan.h"

#include <span>
#include <string>
#include <vector>

namespace mabplan::compiler {

struct CompileRequest {
    const Matrix& matrix;
    std::vector<const Target*> targets;
    Platform host;
};

struct Compiled {
    Plan plan;
    std::vector<Warning> warnings;
};

struct CompilePorts {
    ProjectFiles& files;
    ImageResolver& images;
};

// All the errors that could be found, each once, in the order of targets and platforms.
Checked<Compiled> compile(const CompileRequest& request, const CompilePorts& ports);

}  // namespace mabplan::compiler
