// What is said where --offline stands in the way.
#pragma once

#include "plans/base/result.h"

#include <string>

namespace mabplan::runtime {

// `shown`: what is not at hand, as it may be shown. Kind of error: Registry.
Failure refuse_offline(const std::string& shown, std::string hint = "build once without --offline");

}  // namespace mabplan::runtime
