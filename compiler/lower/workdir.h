// The working directory that WORKDIR leaves in the image configuration. Knows paths as text; makes no directory.
#pragma once

#include <string>

namespace mabplan::compiler {

// An absolute `path` as it is written ("/root/", "/a//b"), which is what the configuration and the history of the image show; another
// one below `current`, cleaned; `current` for an empty one (moby/buildkit, util/system/path.go, NormalizeWorkdir).
std::string normalize_workdir(const std::string& current, const std::string& path);

}  // namespace mabplan::compiler
