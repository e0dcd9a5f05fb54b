// All that lies below one directory of a tree, but for what a list excludes. Knows no sources and no destinations.
#pragma once

#include "plans/base/result.h"
#include "plans/tree/listing.h"
#include "plans/tree/pattern.h"
#include "plans/tree/tree_reader.h"

#include <functional>
#include <string>

namespace mabplan {

using TakeEntry = std::function<Status(ListedEntry)>;

// `take` gets them one by one, their paths relative to the directory, without digests: in bytewise order of the paths, but for directories
// of the role Parent, which come no later than what is below them. With `includes` only what it matches; the directories on the way there,
// and those on the way to what `excludes` re-includes, have the role Parent. Sockets come as well, for whoever takes to leave them out: no
// directory has the role Parent for them alone.
Status walk_below(TreeReader& tree, const std::string& directory, const PatternList& excludes, const PatternList* includes,
                  const TakeEntry& take);

}  // namespace mabplan
