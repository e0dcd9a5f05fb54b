// Steps run by this host, in its sandbox. What it gives them (folders, networks, secrets, devices, emulators) is known here alone.
#pragma once

#include "runtime/devices/device_grant.h"
#include "runtime/grants/key_agent.h"
#include "runtime/grants/secrets.h"
#include "runtime/layers/layer_store.h"
#include "runtime/network/step_networks.h"
#include "runtime/sandbox/user_namespace.h"
#include "runtime/step/step_platform.h"
#include "runtime/step/step_runner.h"
#include "runtime/store/store.h"
#include "runtime/sys/guarded.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

enum class OldCaches {
    Used,        // caches are as they are
    StartEmpty,  // a cache is emptied when a step of this runner uses it first
};

class LocalStepRunner final : public StepRunner {
public:
    struct Host {
        Store& store;
        LayerStore& layers;
        std::string stubs;        // made by make_stub_layer before anything is run
        std::string resolv_conf;  // text of the host's
        StepNetworks& networks;
        int stop_fd = -1;
        const Secrets& secrets;  // loaded
        const std::vector<AgentSource>& agents;
        KeyAgents& key_agents;
        const HostDevices& devices;
        OldCaches old_caches = OldCaches::Used;
    };

    explicit LocalStepRunner(Host host) : host_(std::move(host)) {}

    // Both before anything is run.
    void set_ids(const NamespaceIds& ids) { ids_ = ids; }
    void set_platforms(StepPlatforms platforms) { platforms_ = std::move(platforms); }

    // A platform that nothing is known of is an Internal error, one that can't run here its refusal.
    Result<StepResult> run(const StepRequest& request, StepLog& log) override;
    // The CPU, where an emulator shows another one than it usually would.
    std::string host_facts(const Platform& platform) const override;

private:
    Result<StepResult> attempt(const StepRequest& request, const StepPlatform& platform, StepLog& log);
    Result<StepResult> attempt_in(const std::string& scratch, const StepRequest& request, const StepPlatform& platform, StepLog& log);
    bool empties(const std::string& cache);
    bool is_first(std::string_view text);

    Host host_;
    NamespaceIds ids_;
    StepPlatforms platforms_;
    Guarded<std::set<std::string, std::less<>>> said_;  // what users are told once
    Guarded<std::set<std::string>> emptied_;            // caches
};

}  // namespace mabplan::runtime
