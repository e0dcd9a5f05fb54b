// What commands need of the user and of the host, looked at before the first of them runs: consent, users, secrets, agents.
#pragma once

#include "plans/model/plan.h"
#include "plans/model/step.h"
#include "runtime/devices/device_grant.h"
#include "runtime/grants/key_agent.h"
#include "runtime/grants/secrets.h"
#include "runtime/sandbox/user_namespace.h"

#include <optional>
#include <vector>

namespace mabplan::runtime {

struct CommandGrants {
    NamespaceIds ids;
    bool insecure = false;  // RUN --security=insecure may run
    Secrets& secrets;       // those that are needed are loaded
    const std::vector<AgentSource>& agents;
    KeyAgents& key_agents;  // those that are needed are started
    const HostDevices& devices;
};

struct CommandFault {
    ActionId action;  // the instruction that asks for what is not there
    Error error;
};

// The first fault among these commands and the layers that they run on; actions of other kinds are passed over.
std::optional<CommandFault> find_command_fault(const Plan& plan, const std::vector<ActionId>& actions, const CommandGrants& grants);

// The fault of a step that is to run by itself.
Status check_step(const StepRequest& request, const CommandGrants& grants);

// The sources of the command line, then those of the plan; paths made absolute from the folder.
std::vector<AgentSource> join_agents(std::vector<AgentSource> first, const std::vector<AgentSource>& second, const std::string& folder,
                                     const std::string& home);
// Every socket and key file that is named is there. An Input error otherwise.
Status check_agent_files(const std::vector<AgentSource>& agents);
std::vector<SecretSource> join_secrets(std::vector<SecretSource> first, const std::vector<SecretSource>& second);

}  // namespace mabplan::runtime
