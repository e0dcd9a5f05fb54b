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

// The patterns of an ignore list, with those that exclude what is ours below `folder` (absolute or relative). A folder that holds
// nothing else is not there either: it would come and go with what is written into it.
std::vector<std::string> with_own_patterns(const OwnFiles& own, const std::string& folder, const std::vector<std::string>& patterns);

}  // namespace mabplan::compiler
