// Walking a path inside a tree: symlinks are followed as if the tree's root were "/", so that no link leads out of it.
#pragma once

#include "plans/base/result.h"
#include "plans/tree/tree_reader.h"

#include <optional>
#include <string>
#include <string_view>

namespace mabplan {

inline constexpr int kMostSymlinks = 255;  // that one path may lead through

enum class LastSymlink { Follow, Keep };

// The path without symlinks and its entry; nothing if there is none. ".." above the root stays at the root. An Input error after
// 255 symlinks (a loop).
Result<std::optional<TreePath>> follow_path(TreeReader& tree, std::string_view path, LastSymlink last);

}  // namespace mabplan
