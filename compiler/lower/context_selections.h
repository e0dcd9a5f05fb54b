// What COPYs take from build contexts, as digests: asked of the disk once per compilation, however many platforms ask.
#pragma once

#include "compiler/ports/project_files.h"
#include "plans/base/digest.h"
#include "plans/tree/pattern.h"
#include "plans/tree/selection.h"

#include <map>
#include <string>
#include <vector>

namespace mabplan::compiler {

class ContextSelections {
public:
    // The tree digest of these sources of a folder, seen through its ignore patterns (plans/tree/selection.h).
    Result<Digest> digest(ProjectFiles& files, const std::string& folder, const PatternList& ignore, const std::vector<std::string>& sources,
                          SelectionOptions options);

private:
    using Question = std::vector<std::string>;  // folder, rules, sources, ignore patterns, excludes, each list behind its length
    std::map<Question, Digest> known_;
};

}  // namespace mabplan::compiler
