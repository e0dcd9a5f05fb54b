// Says when an image claims one platform and holds programs of another: names the stage, the instruction and a file.
#pragma once

#include "plans/model/plan.h"
#include "runtime/events/build_observer.h"
#include "runtime/exec/action_results.h"
#include "runtime/layers/layer_store.h"

namespace mabplan::runtime {

// Looks into the layers of this build, and into the base where its platform is not the one that the image claims.
Status warn_of_platform_lies(const Plan& plan, const Cell& cell, const ActionResults& results, LayerStore& layers, EventSink& events);

}  // namespace mabplan::runtime
