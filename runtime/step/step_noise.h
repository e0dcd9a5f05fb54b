// Takes the noise out of what a step did, before the layer is written: goes over its upper directory by the table of noise. Knows the
// overlay form; what is noise is the table's to say (plans/model/noise.h).
#pragma once

#include "runtime/layer/layer_diff.h"
#include "runtime/layer/layer_entry.h"
#include "runtime/store/records.h"

#include <string>
#include <vector>

namespace mabplan::runtime {

// What was left out, sorted by path. Regular files only: a whiteout says that the user removed the file, a symlink that he put one there,
// and both stay. Folders stay, also those that hold nothing any more: they are the same in each build. What is left out has the layer
// below shine through; where the step had removed what is there below and written the file anew, the older one is back.
// Reads names, and looks at files only where a rule could be for them. `lower` is what the step's layers show, `options` say which times
// the layer will give.
Result<std::vector<LeftOut>> take_out_noise(const std::string& upper, LowerView& lower, const LayerOptions& options);

}  // namespace mabplan::runtime
