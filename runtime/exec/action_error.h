// An error of an action, with the instruction that the action was made of: its Dockerfile, line and text.
#pragma once

#include "plans/model/plan.h"

#include <optional>
#include <string>

namespace mabplan::runtime {

// Where the instruction is, with its text as it is now; nothing if its Dockerfile can't be read any more. `folder`: what paths of the plan
// are relative to.
std::optional<SourcePlace> place_of(const Origin& origin, const std::string& folder);

// The error with what was being run as its context, and with the place of the instruction unless it has one.
Error explain_error(const Plan& plan, ActionId id, const std::string& folder, Error error);

}  // namespace mabplan::runtime
