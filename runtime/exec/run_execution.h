// Executes commands: looks for the same one on the same files, and has it run where there is none. How and where a command runs is its
// runner's to know.
#pragma once

#include "runtime/exec/action_cache.h"
#include "runtime/exec/action_mounts.h"
#include "runtime/exec/executed.h"
#include "runtime/step/step_runner.h"

#include <functional>
#include <string_view>

namespace mabplan::runtime {

// What the user should know of a step while it is being done.
using NoteOfStep = std::function<void(ActionId, std::string_view)>;

// Safe to use from several threads.
class RunExecution {
public:
    RunExecution(const ActionMounts::Sources& files, ActionCache& cache, StepRunner& runner, NoteOfStep note)
        : plan_(files.plan), files_(files), cache_(cache), runner_(runner), note_(std::move(note)) {}

    Result<Executed> execute(ActionId id, const RunAction& run, const std::function<void(std::string_view)>& output);

private:
    Result<ActionResult> keep(const StepLayer& layer, const StepResult& result);

    const Plan& plan_;
    ActionMounts::Sources files_;
    ActionCache& cache_;
    StepRunner& runner_;
    NoteOfStep note_;
};

}  // namespace mabplan::runtime
