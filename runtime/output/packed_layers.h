// Which layers outputs want packed, and how: those that stand in an image which is written somewhere. Stages that others copy from are
// packed by nobody. Knows nothing of when.
#pragma once

#include "plans/model/plan.h"
#include "runtime/exec/action_results.h"

#include <cstdint>
#include <map>
#include <set>

namespace mabplan::runtime {

// By the index of the action that makes the layer.
std::map<std::uint32_t, std::set<Compression>> packed_actions(const Plan& plan);

// Whether all actions of the cell have results.
bool is_done(const Plan& plan, const Cell& cell, const ActionResults& results);

// The layers of those cells that are done.
std::set<Digest> packed_layers(const Plan& plan, const ActionResults& results);

}  // namespace mabplan::runtime
