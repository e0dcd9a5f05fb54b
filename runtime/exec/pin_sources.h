// Before a plan is looked up: what its unpinned sources give now becomes part of it, and of the keys of all that is made from them. So
// a URL with the file that it had, or a branch at the commit that it was at, rebuilds nothing, and all else does.
#pragma once

#include "plans/model/plan.h"
#include "runtime/events/transfers.h"
#include "runtime/sources/source_fetcher.h"

#include <cstdint>
#include <map>

namespace mabplan::runtime {

// Completes checksums and keys. The sources are asked side by side, by as many as `jobs` threads. One that can't be pinned stays as it
// is, its failure in the result by its place in the plan: it is that of the action, should it be executed.
Result<std::map<std::uint32_t, Error>> pin_sources(Plan& plan, SourceFetcher& sources, Transfers& transfers, int jobs);

}  // namespace mabplan::runtime
