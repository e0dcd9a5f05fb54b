// Text files of folders that may come from anyone.
#pragma once

#include "runtime/context/local_tree.h"

#include <cstdint>
#include <optional>
#include <string>

namespace mabplan::tools {

inline constexpr std::uint64_t kMostTextBytes = 16U << 20U;

// Nothing if there is none. No symlink is followed: an ignore file can't be a way out.
Result<std::optional<std::string>> read_inside(runtime::LocalTree& tree, const std::string& path);

}  // namespace mabplan::tools
