// Executes commands: looks for the same one on the same files, prepares its mounts, runs it, and runs it again with a wider CPU where it
// needs one. How a command is isolated, and what its layer becomes, is runtime/step's.
#pragma once

#include "runtime/devices/device_grant.h"
#include "runtime/exec/action_cache.h"
#include "runtime/exec/action_mounts.h"
#include "runtime/exec/executed.h"
#include "runtime/grants/secrets.h"
#include "runtime/step/run_mounts.h"
#include "runtime/step/run_step.h"

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

// What commands are given of the host, and what users said about it.
struct CommandHost {
    std::string store_root;
    std::string scratch;  // a folder on the store's file system to work in
    std::string stubs;    // made by make_stub_layer before anything is executed
    std::string resolv_conf;
    StepNetworks& networks;
    int stop_fd = -1;
    const Secrets& secrets;
    const std::vector<AgentSource>& agents;
    KeyAgents& key_agents;
    const HostDevices& devices;
    std::function<void(ActionId, std::string_view)> note{};  // what the user should know of a step while it is being done
};

enum class CacheMounts {
    AsTheyAre,
    StartEmpty,  // each the first time that this run uses it
};

// Safe to use from several threads, once it knows ids and platforms.
class RunExecution {
public:
    RunExecution(const ActionMounts::Sources& files, ActionCache& cache, CommandHost host, CacheMounts mounts)
        : plan_(files.plan), files_(files), cache_(cache), host_(std::move(host)), cache_mounts_(mounts) {}

    Result<Executed> execute(ActionId id, const RunAction& run, const std::function<void(std::string_view)>& output);

    void set_ids(const NamespaceIds& ids) { ids_ = ids; }
    // By format_platform: how their programs run here.
    void set_platforms(std::map<std::string, StepPlatform> platforms) { platforms_ = std::move(platforms); }

private:
    using Output = std::function<void(std::string_view)>;
    struct Command {
        ActionId id;
        const RunAction& run;
        const std::optional<LayerTime>& time;
        std::vector<Digest> below;  // the chain that it runs on
        const Output& output;
    };
    Result<InputIdentity> inputs_of_command(const Command& command);
    Result<Executed> run_on_some_cpu(const Command& command, StepPlatform platform);
    Result<Executed> run_once(const Command& command, const StepPlatform& platform);
    Result<ActionResult> run_in(StepHost& host, const Command& command, const StepPlatform& platform, double& waited);
    void note(ActionId id, std::string_view text) const;
    bool empties(const std::string& cache);
    bool is_first(std::string_view text);

    const Plan& plan_;
    ActionMounts::Sources files_;
    ActionCache& cache_;
    CommandHost host_;
    CacheMounts cache_mounts_;
    NamespaceIds ids_;
    std::map<std::string, StepPlatform> platforms_;
    std::mutex said_mutex_;
    std::set<std::string> said_;  // what users are told once
    std::mutex emptied_mutex_;
    std::set<std::string> emptied_;  // caches that this run started empty
};

}  // namespace mabplan::runtime
