// Walking a path that must not leave a folder of a tree: for files that say how a build goes, where a link that leads elsewhere is a
// mistake or an attack, and never a file of the same name at the tree's root.
#pragma once

#include "plans/base/result.h"
#include "plans/tree/tree_reader.h"

#include <optional>
#include <string_view>

namespace mabplan {

// What `path`, relative to the folder `bound` (itself a path without symlinks), names once symlinks are followed; nothing if there is
// no such file. Input errors: a symlink or a ".." that leads out of `bound`, a symlink to nothing, more than 255 symlinks.
Result<std::optional<TreePath>> follow_inside(TreeReader& tree, std::string_view bound, std::string_view path);

}  // namespace mabplan
