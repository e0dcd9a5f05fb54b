#include "runtime/step/command_check.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/step/id_support.h"
#include "runtime/step/input_mounts.h"
#include "runtime/sys/file.h"

namespace mabplan::runtime {

namespace {

Status check_consent(Security security, bool insecure) {
    if (security == Security::Sandbox || insecure) return {};
    return fail(ErrorKind::Input,
                "RUN --security=insecure needs your consent: the command gets all capabilities of mabplan's user namespace",
                "--allow security.insecure");
}

// Whether there are the ids that what is mounted is to belong to.
Status check_owners(const SecretMount& secret, const NamespaceIds& ids) { return check_owner({secret.uid, secret.gid}, "a secret", ids); }
Status check_owners(const SshMount& ssh, const NamespaceIds& ids) {
    return check_owner({ssh.uid, ssh.gid}, "the socket of an ssh agent", ids);
}
Status check_owners(const CacheMount& cache, const NamespaceIds& ids) {
    return check_owner({cache.uid.value_or(0), cache.gid.value_or(0)}, "a cache", ids);
}
Status check_owners(const CacheInput& cache, const NamespaceIds& ids) { return check_owner({cache.uid, cache.gid}, "a cache", ids); }
template <class Files>
Status check_owners(const Files&, const NamespaceIds&) {
    return {};
}

Status check_grant(const SecretMount& secret, const CommandGrants& grants) { return grants.secrets.load(secret); }
Status check_grant(const SshMount& ssh, const CommandGrants& grants) { return check_agent(ssh, grants.agents, grants.key_agents); }
// The mounts of `Kind` are granted.
template <class Kind, class Mounts>
Status check_grants(const Mounts& mounts, const CommandGrants& grants) {
    for (const auto& mount : mounts)
        if (const auto* asked = std::get_if<Kind>(&mount.what)) MABPLAN_CHECK(check_grant(*asked, grants));
    return {};
}

// A command of a plan, or a step, and its mounts.
template <class Command, class Mounts>
Status check_command(const Command& command, const Mounts& mounts, const CommandGrants& grants) {
    MABPLAN_CHECK(check_consent(command.security, grants.insecure));
    MABPLAN_CHECK(check_numeric_user(command.user, grants.ids));
    for (const auto& mount : mounts)
        MABPLAN_CHECK(std::visit([&](const auto& what) { return check_owners(what, grants.ids); }, mount.what));
    MABPLAN_CHECK((check_grants<SecretMount>(mounts, grants)));
    if (auto devices = grant_devices(command.devices, grants.devices); !devices) return pass(std::move(devices).error());
    return check_grants<SshMount>(mounts, grants);
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
        if (Status good = check_command(*run, run->mounts, grants); !good) return CommandFault{id, std::move(good).error()};
        for (std::optional<ActionId> at = run->root; at; at = root_of(plan.action(*at).work))
            if (Status good = check_owner_of(plan.action(*at).work, grants.ids); !good) return CommandFault{*at, std::move(good).error()};
    }
    return std::nullopt;
}

Status check_step(const StepRequest& request, const CommandGrants& grants) { return check_command(request, request.inputs, grants); }

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
