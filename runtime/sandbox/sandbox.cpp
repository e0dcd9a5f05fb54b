#include "runtime/sandbox/sandbox.h"

#include "runtime/sandbox/prepared_step.h"
#include "runtime/sandbox/step_watch.h"

namespace mabplan::runtime {

Result<SandboxOutcome> run_sandboxed(const SandboxSpec& spec, OutputSink& sink) {
    MABPLAN_TRY(step, prepare_step(spec));
    MABPLAN_TRY(watch, StepWatch::start(step));
    return watch.wait(sink);
}

}  // namespace mabplan::runtime
