// Every entry of a root file system, one after the other.
#pragma once

#include "runtime/snapshot/merged_view.h"

#include <functional>
#include <string>

namespace mabplan::runtime {

using RootVisit = std::function<Status(const std::string& path, const TreeEntry& entry)>;

// All below the root of the view, parents first. Ends with the first error of a visit.
Status walk_root(MergedView& view, const RootVisit& visit);

}  // namespace mabplan::runtime
