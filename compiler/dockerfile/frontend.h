// Which language a Dockerfile asks to be read in: `# syntax=`, or the build argument BUILDKIT_SYNTAX. Only Docker's own is known here.
#pragma once

#include "plans/base/result.h"

#include <optional>
#include <string>

namespace mabplan::compiler {

// An Input error at the directive if another language than that of docker/dockerfile (in any version, also of a mirror) is asked for.
Status check_frontend(const SourceTextPtr& source, const std::optional<std::string>& build_argument);

}  // namespace mabplan::compiler
