// A command under an emulator whose CPU is as fast as can be, and again with one that can do more while the command meets what the last one
// lacks. Knows how attempts go; not how an emulator is given another CPU, nor how a command is run.
#pragma once

#include "plans/model/step.h"
#include "runtime/step/step_platform.h"
#include "runtime/step/step_runner.h"

#include <functional>
#include <span>
#include <string_view>

namespace mabplan::runtime {

// The CPUs that programs can be shown. Those who run commands share them.
class CpuModels {
public:
    virtual ~CpuModels() = default;
    // Models that can do more than the usual one and are slower, in the order they are to be tried.
    virtual std::span<const std::string_view> wider() const = 0;
    // While `run` runs programs have the usual model, whatever other commands need.
    virtual void run_with_usual(const std::function<void()>& run) = 0;
    // While `run` runs they have this one, and no other command runs. False, without a call, if the emulator does not know it.
    virtual Result<bool> run_with(std::string_view model, const std::function<void()>& run) = 0;
};

using StepAttempt = std::function<Result<StepResult>(const StepPlatform&)>;

// The user's own choice (QEMU_CPU) is no first one: it stays. What attempts waited for their CPUs is in the result.
Result<StepResult> run_on_some_cpu(const StepRequest& request, StepPlatform platform, CpuModels& models, StepLog& log,
                                   const StepAttempt& attempt);

}  // namespace mabplan::runtime
