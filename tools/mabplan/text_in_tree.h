// Text files of folders that may come from anyone.
#pragma once

#include "runtime/context/local_tree.h"

#include <cstdint>
#include <optional>
#include <string>

namespace mabplan::tools {

inline constexpr std::uint64_t kMostTextBytes = 16U << 20U;

// A text file at `path`, relative to the folder `bound` of the tree; nothing if there is none. Symlinks are followed below `bound`: one
// that leads out of it, or to nothing, is an Input error, for neither an ignore file nor a Dockerfile can be a way out.
Result<std::optional<std::string>> read_inside(runtime::LocalTree& tree, const std::string& bound, const std::string& path);

}  // namespace mabplan::tools
