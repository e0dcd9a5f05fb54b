// Warns of what must not be part of an image, with the instruction that left it there and what to do instead.
#pragma once

#include "plans/model/plan.h"
#include "runtime/events/build_observer.h"
#include "runtime/exec/action_results.h"
#include "runtime/layers/layer_store.h"

namespace mabplan::runtime {

// Looks into the layers that commands made for this image, by the store's records: said at every build, also where all is cached.
// Identities that a later instruction removed are not shared by containers: nothing is said of them. Credentials stay readable in the
// layer that holds them, whatever is removed later.
Status warn_of_baked_in(const Plan& plan, const Cell& cell, const ActionResults& results, LayerStore& layers, EventSink& events);

}  // namespace mabplan::runtime
