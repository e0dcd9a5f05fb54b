// From the command line's words to a plan or to a report of a check: finds the matrix file or makes one of flags, compiles it, tells
// warnings.
#pragma once

#include "compiler/lint/report.h"
#include "compiler/matrix/matrix.h"
#include "plans/model/plan.h"
#include "runtime/store/store.h"
#include "tools/mabplan/command_line.h"
#include "tools/mabplan/remarks.h"
#include "tools/mabplan/surroundings.h"

#include <string>
#include <vector>

namespace mabplan::tools {

// What is asked for: targets of a matrix file, or of one that flags stand for.
struct Project {
    compiler::Matrix matrix;
    std::vector<std::size_t> targets;  // of the matrix, by their places
    Platform host;
    std::string root;  // absolute: what the paths of the matrix and of the plan are relative to
    bool offline = false;
    Digest standard_input{};             // of the archive that came there, if one did
    std::vector<std::string> written{};  // files that the verb itself will write: no part of any context
};

struct CompiledProject {
    Plan plan;
    bool lacks_optional = false;  // optional platforms had to be left out
};

// mabplan.yaml, or the Dockerfile of the folder where there is none.
Checked<Project> read_project(const CompileOptions& options, runtime::Store& store, const runtime::Stop& stop);
Checked<Project> project_of_flags(const BuildOptions& options, runtime::Store& store, const runtime::Stop& stop);
// The matrix file that is meant; empty if there is none.
std::string find_matrix_file(const std::string& given);

// Findings of rules, and why optional platforms were left out, are told as warnings; all errors are printed by the caller, in order.
Checked<CompiledProject> compile_project(const Project& project, Surroundings& surroundings, Remarks& remarks);
// What the project needs around it. `jobs`: 0 for as many as the host has processors.
Result<SurroundingsOptions> surroundings_of(const Project& project, int jobs);
// Looks at all stages, makes no plan and tells nothing but warnings about the check itself.
compiler::LintReport check_project(const Project& project, Surroundings& surroundings, Remarks& remarks);

}  // namespace mabplan::tools
