// All that lies below one directory of a tree, but for what a list excludes. Knows no sources and no destinations.
#pragma once

#include "plans/base/result.h"
#include "plans/tree/listing.h"
#include "plans/tree/pattern.h"
#include "plans/tree/tree_reader.h"

#include <string>
#include <vector>

namespace mabplan {

// Sorted bytewise by path, relative to the directory, without digests and without sockets. With `includes` only what it matches; the
// directories on the way there, and those on the way to what `excludes` re-includes, have the role Parent.
Result<std::vector<ListedEntry>> walk_below(TreeReader& tree, const std::string& directory, const PatternList& excludes,
                                            const PatternList* includes);

}  // namespace mabplan
