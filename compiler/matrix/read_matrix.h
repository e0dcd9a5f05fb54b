// From the text of mabplan.yaml to a Matrix (its keys: plans/schema/mabplan.schema.json). All mistakes of one pass are reported together.
#pragma once

#include "compiler/matrix/matrix.h"
#include "compiler/ports/environment.h"

#include <span>
#include <string>
#include <vector>

namespace mabplan::compiler {

struct MatrixRequest {
    Platform host;                    // the platform of targets that name none, where the file has no default either
    std::vector<Platform> platforms;  // not empty: in place of the platforms of every target (`--platform`); repeated ones count once
};

// Errors: input errors with their places, in the order of the text, each once.
Checked<Matrix> read_matrix(const SourceTextPtr& text, const Environment& environment, const MatrixRequest& request);

// The targets that `names` mean: groups, targets, or declared names of targets with axes (all of those). No names: the group
// "default", or else every target. In the order of the file, without those that are only needed by others.
Result<std::vector<const Target*>> select_targets(const Matrix& matrix, std::span<const std::string> names);
// The target of this name, or null.
const Target* find_target(const Matrix& matrix, const std::string& name);

}  // namespace mabplan::compiler
