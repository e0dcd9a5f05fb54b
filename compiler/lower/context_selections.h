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
    struct Chosen {
        Digest tree;                       // the tree digest (plans/tree/selection.h)
        std::vector<std::string> sockets;  // what is left out because no layer can hold it, by its path in the folder
    };
    // These sources of a folder, seen through its ignore patterns.
    Result<Chosen> choose(ProjectFiles& files, const std::string& folder, const PatternList& ignore,
                          const std::vector<std::string>& sources, SelectionOptions options);

private:
    using Question = std::vector<std::string>;  // folder, rules, sources, ignore patterns, excludes, each list behind its length
    std::map<Question, Chosen> known_;
};

}  // namespace mabplan::compiler
