// From one source word of a COPY to the paths of a tree that it names. Knows words, not what is below the paths.
#pragma once

#include "plans/base/result.h"
#include "plans/tree/selection.h"
#include "plans/tree/tree_reader.h"

#include <string>
#include <string_view>
#include <vector>

namespace mabplan {

struct ExpandedSource {
    TreePath found;    // symlinks on the way resolved
    std::string name;  // base name as written or matched
};

// One path for a literal word, any number for a wildcard (components match as in Go's filepath.Match; no symlink is followed from the
// first wildcard on, but the match itself is). What a wildcard matches is left out if it is no directory and `excludes` names it.
// An Input error for a missing literal path.
Result<std::vector<ExpandedSource>> expand_source(TreeReader& tree, std::string_view word, const SelectionOptions& options);

// `"/x": not found`, with what may have been meant.
Error missing_source(TreeReader& tree, std::string_view path, const SelectionOptions& options);

// A word as a path of the tree: "./a//b/" and "/a/b" are "a/b", "" and "/" are ".".
std::string tree_path(std::string_view word);
std::string path_below(std::string_view directory, std::string_view name);

}  // namespace mabplan
