// What a plan can say and running can't do yet: refused before anything is executed.
#pragma once

#include "plans/model/plan.h"

namespace mabplan::runtime {

// An Input error that names the first instruction in question.
Status refuse_not_yet(const Plan& plan);

}  // namespace mabplan::runtime
