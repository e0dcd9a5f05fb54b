// From the command line's words to a plan or to a report of a check: finds the matrix file or makes one of flags, compiles it, tells
// warnings.
#pragma once

#include "compiler/lint/report.h"
#include "compiler/matrix/matrix.h"
#include "plans/model/plan.h"
#include "runtime/store/store.h"
#include "tools/mabplan/command_line.h"
#include "tools/mabplan/remote_access.h"

#include <string>
#include <vector>

namespace mabplan::tools {

// What is asked for: targets of a matrix file, or of one that flags stand for.
struct Project {
    compiler::Matrix matrix;
    std::vector<const compiler::Target*> targets;  // in `matrix`; they stay where they are when it is moved
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
Checked<Project> read_project(const CompileOptions& options, runtime::Store& store);
Checked<Project> project_of_flags(const BuildOptions& options, runtime::Store& store);
// The matrix file that is meant; empty if there is none.
std::string find_matrix_file(const std::string& given);

// Findings of rules, and why optional platforms were left out, are printed as warnings; all errors are printed by the caller, in order.
Checked<CompiledProject> compile_project(const Project& project, runtime::Store& store, RemoteAccess& remote);
// How the project gets at what lies in the network.
Result<RemoteAccess::Options> remote_options(const Project& project);
// Looks at all stages, makes no plan and prints nothing but warnings about the check itself.
compiler::LintReport check_project(const Project& project, runtime::Store& store);

}  // namespace mabplan::tools
