// What mabplan itself writes: the plan, outputs, the store. Where it lies inside a build context it is no part of it, or a build would
// be the input of the next one. Texts only; nothing is looked for on a disk.
#pragma once

#include <string>
#include <vector>

namespace mabplan::compiler {

struct OwnFiles {
    std::string root;                // the project's folder, absolute: what relative paths are relative to
    std::vector<std::string> paths;  // absolute or relative to it
};

// Patterns that exclude those below `folder` (absolute or relative), each path once, sorted.
std::vector<std::string> own_patterns(const OwnFiles& own, const std::string& folder);

}  // namespace mabplan::compiler
