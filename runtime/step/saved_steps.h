// Steps that are written to files as they are run, so that each can be run again by itself. Whoever runs them does not know.
#pragma once

#include "runtime/step/step_runner.h"

#include <string>

namespace mabplan::runtime {

class SavingStepRunner final : public StepRunner {
public:
    // `folder` is made with the first step.
    SavingStepRunner(std::string folder, StepRunner& runner) : folder_(std::move(folder)), runner_(runner) {}

    // Written before it is run. A failure says how to run the file.
    Result<StepResult> run(const StepRequest& request, StepLog& log) override;
    std::string host_facts(const Platform& platform) const override { return runner_.host_facts(platform); }

private:
    std::string folder_;
    StepRunner& runner_;
};

// Of the file of a step in such a folder: "build-linux-arm64-0123456789ab.json", the same for equal steps.
std::string name_of_saved_step(const StepRequest& request, std::string_view text);

}  // namespace mabplan::runtime
