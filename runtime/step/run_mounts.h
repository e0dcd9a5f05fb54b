// The mounts of a RUN as a step takes them, with all that has to live as long as the step: locks of caches, sockets of agents. Does not
// know keys.
#pragma once

#include "plans/model/plan.h"
#include "plans/tree/tree_entry.h"
#include "runtime/freshness/cache_times.h"
#include "runtime/grants/agent_forward.h"
#include "runtime/grants/key_agent.h"
#include "runtime/grants/secrets.h"
#include "runtime/sandbox/step_mount.h"
#include "runtime/store/cache_folder.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

// Who can say what the files of an origin are, and bring them.
class MountFiles {
public:
    virtual ~MountFiles() = default;
    // What stands for them in a key: it changes exactly if what is mounted does.
    virtual Result<std::string> identity(const FileOrigin& from, const std::string& source) = 0;
    virtual Result<LayersMount> layers(const FileOrigin& from, const std::string& source) = 0;
    // Owner and mode of what is mounted.
    virtual Result<TreeEntry> facts(const FileOrigin& from, const std::string& source) = 0;
    // A copy of them in the folder, which is empty, and beside it what those who made them had seen (seen_files.h).
    virtual Status copy_into(const std::string& folder, const FileOrigin& from, const std::string& source) = 0;
};

struct RunMounts {
    std::vector<StepMount> mounts;  // in the order written
    std::vector<std::string> env;   // "NAME=value" of secrets that are variables
    std::string agent_socket;       // for SSH_AUTH_SOCK; empty if there is none
    std::vector<CacheFolder> caches;
    std::vector<UsedCache> used_caches;  // the same
    double waited_seconds = 0;           // for caches that others had
    std::vector<std::unique_ptr<AgentForward>> agents;
};

struct MountSurroundings {
    MountFiles& files;
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

// The identities of the files that are mounted, in the order of origins_of.
Result<std::vector<std::string>> mounted_identities(const RunAction& run, MountFiles& files);

// May wait for a locked cache.
Result<RunMounts> prepare_run_mounts(const RunAction& run, const MountSurroundings& around);

// An Input error if the command requires an agent that there is no source for. Agents for key files are started.
Status check_agents(const RunAction& run, const std::vector<AgentSource>& agents, KeyAgents& key_agents);

}  // namespace mabplan::runtime
