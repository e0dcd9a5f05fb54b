// From what was asked for to a plan. Same inputs and same answers of the ports give the same plan.
#pragma once

#include "compiler/dockerfile/parser.h"
#include "compiler/lower/cell_lowering.h"
#include "compiler/matrix/matrix.h"
#include "plans/model/plan.h"

#include <functional>
#include <string>
#include <vector>

namespace mabplan::compiler {

struct CompileRequest {
    const Matrix& matrix;
    std::vector<const Target*> targets;
    Platform host;
    CompileMode mode = CompileMode::Build;
    LoweringObserver* observer = nullptr;  // told what is noticed, if given
    OwnFiles own{};                        // what mabplan writes beside the outputs of the targets
    // Called for each cell before its stages are looked at, with its Dockerfile: the same object for all that share it. One with
    // mistakes comes too, with what could be read.
    std::function<void(const PartialDockerfile&, const Build&)> on_dockerfile{};
    // Called at the end, also where there are errors: what was given and nothing takes.
    std::function<void(const Warning&)> on_warning{};
};

struct Compiled {
    Plan plan;
    std::vector<Warning> warnings;
    std::vector<std::string> notes;  // what was chosen where several things could have been meant
    Errors left_out;                 // why cells that are `optional` are not in the plan
};

struct CompilePorts {
    ProjectFiles& files;
    ImageResolver& images;
    RemoteSources& sources;
};

// All the errors that could be found, each once, in the order of targets and platforms.
Checked<Compiled> compile(const CompileRequest& request, const CompilePorts& ports);

}  // namespace mabplan::compiler
