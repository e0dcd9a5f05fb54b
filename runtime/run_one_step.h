// Runs one step by itself, against a store that has its layers. Nothing is looked up and no result is recorded; the layer that it makes
// stays in the store.
#pragma once

#include "plans/model/plan.h"
#include "plans/model/step.h"
#include "runtime/devices/device_grant.h"
#include "runtime/grants/secrets.h"
#include "runtime/step/step_runner.h"
#include "runtime/store/store.h"

#include <string>
#include <vector>

namespace mabplan::runtime {

struct OneStepSettings {
    std::string folder;                         // what paths of secrets and agents are relative to
    std::vector<std::string> emulator_folders;  // where QEMU is looked for, and what connects networks
    std::vector<SecretSource> secrets;
    UserEnvironment user{};  // what secrets and agents are taken from
    std::vector<AgentSource> agents;
    bool allow_insecure = false;
    HostDevices devices{};
    std::string resolv_conf;  // text of the host's
    int stop_fd = -1;
};

// While the process has one thread. An Input error for a layer that the store has not, and for what the step needs and is not given.
Result<StepResult> run_one_step(const StepRequest& request, Store& store, const OneStepSettings& settings, StepLog& log);

}  // namespace mabplan::runtime
