// Executes commands: looks for the same one on the same files, and has it run where there is none. How and where a command runs is its
// runner's to know.
#pragma once

#include "runtime/exec/action_cache.h"
#include "runtime/exec/action_mounts.h"
#include "runtime/exec/executed.h"
#include "runtime/step/step_runner.h"
#include "runtime/store/turns_of_actions.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mabplan::runtime {

// What the user should know of a step while it is being done.
using NoteOfStep = std::function<void(ActionId, std::string_view)>;

// Safe to use from several threads.
class RunExecution {
public:
    // `store_root`: where those who execute the same take turns.
    RunExecution(const ActionMounts::Sources& files, ActionCache& cache, StepRunner& runner, std::string store_root, NoteOfStep note)
        : plan_(files.plan), files_(files), cache_(cache), runner_(runner), store_root_(std::move(store_root)), note_(std::move(note)) {}

    Result<Executed> execute(ActionId id, const RunAction& run, const std::function<void(std::string_view)>& output);

private:
    Result<std::optional<ActionTurn>> take_turn(ActionId id, const InputIdentity& inputs);
    Result<ActionResult> keep(const StepLayer& layer, const StepResult& result);

    const Plan& plan_;
    ActionMounts::Sources files_;
    ActionCache& cache_;
    StepRunner& runner_;
    std::string store_root_;
    NoteOfStep note_;
};

}  // namespace mabplan::runtime
