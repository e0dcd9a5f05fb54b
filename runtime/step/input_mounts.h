// The inputs of a step as this host mounts them, with all that has to live as long as the step: locks of caches, sockets of agents. Knows
// the store; does not know plans.
#pragma once

#include "plans/model/plan.h"
#include "plans/model/step.h"
#include "runtime/freshness/cache_times.h"
#include "runtime/grants/agent_forward.h"
#include "runtime/grants/key_agent.h"
#include "runtime/grants/secrets.h"
#include "runtime/layers/layer_store.h"
#include "runtime/sandbox/step_mount.h"
#include "runtime/store/cache_folder.h"

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

struct InputMounts {
    std::vector<StepMount> mounts;    // in the order written
    std::vector<std::string> env;     // "NAME=value" of secrets that are variables
    std::vector<std::string> hidden;  // values of secrets, which the log must not show
    std::string agent_socket;         // for SSH_AUTH_SOCK; empty if there is none
    std::vector<CacheFolder> caches;
    std::vector<UsedCache> used_caches;  // the same
    double waited_seconds = 0;           // for caches that others had
    std::vector<std::unique_ptr<AgentForward>> agents;
};

struct MountSurroundings {
    LayerStore& layers;
    const Secrets& secrets;
    const std::vector<AgentSource>& agents;
    KeyAgents& key_agents;
    std::string store_root;
    std::string scratch;  // of this step: sockets are made in it
    int stop_fd = -1;
    // Asked with the path of a cache: true if it is to start empty, as this run has not used it yet. Not set where caches are used as they
    // are.
    std::function<bool(const std::string& instance)> starts_empty{};
    std::function<void(std::string_view)> note{};  // for the user
};

// The fs folders of the layers that base images and commands made, among those that the step names.
std::set<std::string> made_folders(const StepRequest& request, LayerStore& layers);

// May wait for a locked cache.
Result<InputMounts> prepare_input_mounts(const StepRequest& request, const MountSurroundings& around);

// An Input error if the agent is required and there is no source for it. An agent for key files is started.
Status check_agent(const SshMount& ssh, const std::vector<AgentSource>& agents, KeyAgents& key_agents);

}  // namespace mabplan::runtime
