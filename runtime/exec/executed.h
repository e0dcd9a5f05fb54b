// What executing an action gave, and how it was come by.
#pragma once

#include "runtime/events/build_event.h"
#include "runtime/store/action_result.h"

namespace mabplan::runtime {

struct Executed {
    ActionResult result;
    HowDone how = HowDone::CachedDefinition;
    double waited_seconds = 0;  // for others, before it began
};

}  // namespace mabplan::runtime
