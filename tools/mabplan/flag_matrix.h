// The flags of `build` as a matrix with one target: what a mabplan.yaml would say. Opens nothing.
#pragma once

#include "compiler/matrix/matrix.h"
#include "tools/mabplan/command_line.h"
#include "tools/mabplan/standard_input.h"

#include <string>
#include <vector>

namespace mabplan::tools {

// One target "default"; without outputs it has `cacheonly`, without platforms that of its last stage.
Result<compiler::Matrix> matrix_of_flags(const BuildOptions& options, const StandardInput& input, const Platform& host);
// Something of it comes from the standard input.
bool reads_standard_input(const BuildOptions& options);

// As --platform gives them, normalised, each once; "local" is the host's.
Result<std::vector<Platform>> parse_platforms(const std::vector<std::string>& texts, const Platform& host);

std::string absolute_path(const std::string& path);

}  // namespace mabplan::tools
