// A step in the sandbox of this host, once: a command in a root file system, and the layer of what it changed. What the host gives is
// prepared by the caller. Does not know keys or caches of results.
#pragma once

#include "plans/model/step.h"
#include "runtime/devices/device_grant.h"
#include "runtime/layers/layer_store.h"
#include "runtime/network/step_networks.h"
#include "runtime/sandbox/user_namespace.h"
#include "runtime/step/input_mounts.h"
#include "runtime/step/step_platform.h"
#include "runtime/step/step_runner.h"

#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace mabplan::runtime {

struct StepHost {
    LayerStore& layers;
    std::string scratch;      // a folder on the store's file system to work in
    std::string stubs;        // made by make_stub_layer; steps share it
    std::string resolv_conf;  // text of the host's
    StepNetworks& networks;
    int stop_fd = -1;
    NamespaceIds ids;
    InputMounts mounts{};
    DeviceGrant devices{};
    std::set<std::string> made_layers{};                // made_folders; needed where there are caches
    std::function<void(std::string_view)> note_once{};  // for the user, of the first command in a run for which it is true
};

// A command that fails is a result; one that was stopped an Interrupted error, one that failed on a full disk an Environment error.
Result<StepResult> run_step(const StepRequest& request, const StepHost& host, const StepPlatform& platform, StepLog& log);

}  // namespace mabplan::runtime
