// Carries out what a schedule says: on several threads, each action as soon as it may start. Does not know what an action is, nor how it
// is executed.
#pragma once

#include "plans/base/result.h"
#include "runtime/sched/schedule.h"

#include <cstddef>
#include <functional>

namespace mabplan::runtime {

enum class ActionEnd {
    Done,
    Failed,        // what depends on it is skipped
    FailedForAll,  // nothing more is started
};

struct Crew {
    std::size_t most = 1;                                     // actions at once; fewer where no more threads can be had
    std::function<ActionEnd(ActionId)> execute;               // called by several threads at once
    std::function<bool()> is_stopped = [] { return false; };  // then nothing more is started
};

// Returns when nothing is open any more. An error if `execute` threw: then nothing more was started.
Status carry_out(Schedule& schedule, const Crew& crew);

}  // namespace mabplan::runtime
