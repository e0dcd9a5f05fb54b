// Who runs steps: this host, or another one that has the layers. Knows steps and their results; whoever asks knows plans, keys and caches.
#pragma once

#include "plans/base/result.h"
#include "plans/model/step.h"

#include <string>
#include <string_view>

namespace mabplan::runtime {

// What is heard of a step while it runs. Called by the thread that runs it.
class StepLog {
public:
    virtual ~StepLog() = default;
    virtual void output(std::string_view bytes) = 0;
    virtual void note(std::string_view text) = 0;  // for the user; goes on from the step's name
};

class StepRunner {
public:
    virtual ~StepRunner() = default;
    // A command that fails is a result. An error says why it could not be run, or not to its end (Interrupted). Several threads may call
    // it.
    virtual Result<StepResult> run(const StepRequest& request, StepLog& log) = 0;
    // What programs of a platform see of who runs them, and another one would show otherwise: part of what a result stands for. Empty:
    // nothing.
    virtual std::string host_facts(const Platform& platform) const = 0;
};

}  // namespace mabplan::runtime
