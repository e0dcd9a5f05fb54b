// Where results go and what they are called: `output`, `tags` and `image` of a target as the plan has them.
#pragma once

#include "compiler/lower/output_types.h"
#include "compiler/matrix/matrix.h"
#include "plans/model/plan.h"

namespace mabplan::compiler {

// Without any output: an OCI layout in the folder dist/NAME. Unknown types and attributes are errors with their place.
Result<std::vector<Output>> lower_outputs(const Target& target, Compression compression);

// Also an Input error: a type that can't hold this.
Result<Output> lower_output(const OutputSpec& spec, const OutputContent& content);
// Full references.
Result<std::vector<std::string>> lower_tags(const Target& target);

// How the registries of the matrix are reached. An Input error: a host with more than one keypair.
Result<std::vector<RegistryHost>> lower_registries(const Matrix& matrix);

}  // namespace mabplan::compiler
