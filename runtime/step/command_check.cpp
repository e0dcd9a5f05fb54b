#include "runtime/step/command_check.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/step/id_support.h"
#include "runtime/step/run_mounts.h"
#include "runtime/sys/file.h"

namespace mabplan::runtime {

namespace {

Status check_consent(const RunAction& run, bool insecure) {
    if (run.security == Security::Sandbox || insecure) return {};
    return fail(ErrorKind::Input,
                "RUN --security=insecure needs your consent: the command gets all capabilities of mabplan's user namespace",
                "--allow security.insecure");
}

Status check_mount_owner(const Mount& mount, const NamespaceIds& ids) {
    if (const auto* secret = std::get_if<SecretMount>(&mount.what)) return check_owner({secret->uid, secret->gid}, "a secret", ids);
    if (const auto* ssh = std::get_if<SshMount>(&mount.what)) return check_owner({ssh->uid, ssh->gid}, "the socket of an ssh agent", ids);
    if (const auto* cache = std::get_if<CacheMount>(&mount.what))
        return check_owner({cache->uid.value_or(0), cache->gid.value_or(0)}, "a cache", ids);
    return {};
}

Status check_command(const RunAction& run, const CommandGrants& grants) {
    MABPLAN_CHECK(check_consent(run, grants.insecure));
    MABPLAN_CHECK(check_numeric_user(run.user, grants.ids));
    for (const Mount& mount : run.mounts) MABPLAN_CHECK(check_mount_owner(mount, grants.ids));
    MABPLAN_CHECK(grants.secrets.load(run));
    if (auto devices = grant_devices(run.devices, grants.devices); !devices) return pass(std::move(devices).error());
    return check_agents(run, grants.agents, grants.key_agents);
}

Status check_owner_of(const Work& work, const NamespaceIds& ids) {
    if (const auto* copy = std::get_if<CopyAction>(&work)) return check_numeric_owner(copy->chown, ids);
    if (const auto* made = std::get_if<MakeDirectoryAction>(&work)) return check_numeric_user(made->owner, ids);
    return {};
}

}  // namespace

std::optional<CommandFault> find_command_fault(const Plan& plan, const std::vector<ActionId>& actions, const CommandGrants& grants) {
    for (const ActionId id : actions) {
        const auto* run = std::get_if<RunAction>(&plan.action(id).work);
        if (run == nullptr) continue;
        if (Status good = check_command(*run, grants); !good) return CommandFault{id, std::move(good).error()};
        for (std::optional<ActionId> at = run->root; at; at = root_of(plan.action(*at).work))
            if (Status good = check_owner_of(plan.action(*at).work, grants.ids); !good) return CommandFault{*at, std::move(good).error()};
    }
    return std::nullopt;
}

std::vector<AgentSource> join_agents(std::vector<AgentSource> first, const std::vector<AgentSource>& second, const std::string& folder,
                                     const std::string& home) {
    first.insert(first.end(), second.begin(), second.end());
    for (AgentSource& agent : first)
        for (std::string& path : agent.paths) path = join_path(folder, expand_home(path, home));
    return first;
}

Status check_agent_files(const std::vector<AgentSource>& agents) {
    for (const AgentSource& agent : agents)
        for (const std::string& path : agent.paths)
            if (!path_exists(path))
                return input_error(format("the ssh agent {}: there is no socket or key file {}", quoted(agent.id), quoted(path)));
    return {};
}

std::vector<SecretSource> join_secrets(std::vector<SecretSource> first, const std::vector<SecretSource>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

}  // namespace mabplan::runtime
