// A plan from JSON text. Believes nothing: types, unknown members, references between actions, every key and the checksum over the
// whole are checked, so that a plan edited by hand, or cut short, is refused with the place.
#pragma once

#include "plans/model/plan.h"

#include <string_view>

namespace mabplan {

// `name` is the file's, for messages. Kind of error: Input.
Result<Plan> read_plan(std::string_view text, std::string_view name);

}  // namespace mabplan
