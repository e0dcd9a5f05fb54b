// Limits of a plan as the kernel knows them (getrlimit(2)).
#pragma once

#include "plans/model/action.h"
#include "runtime/sandbox/sandbox.h"

#include <vector>

namespace mabplan::runtime {

// An Input error for a name that is none of those of docker's --ulimit.
Result<std::vector<ResourceLimit>> resource_limits(const std::vector<Ulimit>& limits);

}  // namespace mabplan::runtime
