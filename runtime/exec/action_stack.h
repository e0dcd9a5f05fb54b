// The actions that a root file system is made of. Does not know what they do.
#pragma once

#include "plans/model/plan.h"

#include <optional>
#include <vector>

namespace mabplan::runtime {

// `top` and all that it stands on, bottom first; nothing for nothing.
std::vector<ActionId> stack_of(const Plan& plan, const std::optional<ActionId>& top);

}  // namespace mabplan::runtime
