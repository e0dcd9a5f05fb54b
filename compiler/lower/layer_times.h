// Time in an image is the order of instructions: gives each action that makes a layer its time, once all of a plan is lowered. Pure: what
// the times are follows from the plan alone.
//
// - The n-th layer of a chain has the time T + n seconds. T is the newest time that the configurations of its base tell, over all
//   platforms that the plan has of this base; 1980-01-01 for scratch, and for bases that tell an earlier one or none. So a COPY at the same
//   place is the same for every platform, and later instructions are newer than earlier ones and than the base.
// - What takes files of another chain is newer than that one: where need be, T moves to whole minutes after it. (In minutes, so that an
//   instruction more in a stage does not change the times of those that copy from it.)
// - With a given SOURCE_DATE_EPOCH nothing is later than it: T is an hour earlier, or 1970.
// - Commands see SOURCE_DATE_EPOCH: the given one, else the T that their chain starts from, which is one for all of it.
#pragma once

#include "plans/model/plan.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace mabplan::compiler {

// `given`: for each action the SOURCE_DATE_EPOCH of the cell that it is for, in seconds since 1970. Cells whose `created` is set were given
// one. Keys are made anew.
void settle_times(Plan& plan, const std::vector<std::optional<std::int64_t>>& given);

}  // namespace mabplan::compiler
