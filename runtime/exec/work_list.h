// What of a plan has to be done: an action that is found done needs nothing below it; one that is not needs the whole chain that it stands
// on, and what it copies from; and what was found done counts only if nothing of that is made anew. Does not know how an action is looked
// up, nor how it is executed.
#pragma once

#include "plans/model/plan.h"
#include "runtime/sched/schedule.h"

#include <functional>
#include <span>
#include <vector>

namespace mabplan::runtime {

struct WorkList {
    Schedule schedule;              // of what is missing; all else that is needed is settled
    std::vector<ActionId> cached;   // found done, in the order in which they were looked up
    std::vector<ActionId> missing;  // inputs come before what uses them
};

// `is_done` is asked once at most of each action. Base images count as done.
Result<WorkList> find_work(const Plan& plan, const std::function<Result<bool>(ActionId)>& is_done);

// For each action whether a cell that is not optional needs it.
std::vector<bool> required_actions(const Plan& plan);

// Whether a command among these actions gets a network with a way out.
bool connects(const Plan& plan, std::span<const ActionId> missing);

// Whether two commands with a network may run at a time, if there is room for them: not all of them stand in one line, each waiting for the
// one before.
bool connects_side_by_side(const Plan& plan, std::span<const ActionId> missing);

}  // namespace mabplan::runtime
