// Looks at where the outputs of a plan are to go before anything runs. Writes nothing.
#pragma once

#include "plans/model/plan.h"

#include <string>

namespace mabplan::runtime {

// An Input error if a file stands where an output is to be a folder, or a folder where it is to be a file.
Status check_destinations(const Plan& plan, const std::string& project_folder);

}  // namespace mabplan::runtime
