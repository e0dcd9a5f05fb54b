#include "runtime/step/run_mounts.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/model/action_key.h"
#include "runtime/step/variables.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <map>

namespace mabplan::runtime {

namespace {

const AgentSource* find_agent(const std::string& id, const std::vector<AgentSource>& agents) {
    const auto found = std::find_if(agents.begin(), agents.end(), [&](const AgentSource& agent) { return agent.id == id; });
    return found == agents.end() ? nullptr : &*found;
}

FolderSharing sharing_of(const CacheMount& cache) {
    switch (cache.sharing) {
        case CacheSharing::Shared: return FolderSharing::Shared;
        case CacheSharing::Private: return FolderSharing::Private;
        case CacheSharing::Locked: return FolderSharing::Locked;
    }
    return FolderSharing::Shared;
}

std::string_view variable(const RunAction& run, std::string_view name) {
    return value_of_variable(run.env, name).value_or(std::string_view());
}

// The platform that a command is told to make something for, where it is another one than that of its programs; else empty.
std::string target_told(const RunAction& run) {
    const auto told = [&](std::string_view name, const std::string& otherwise) {
        const std::string_view value = variable(run, name);
        return value.empty() ? otherwise : std::string(value);
    };
    const std::string own = format_platform(run.platform);
    const std::string architecture = told("TARGETARCH", run.platform.architecture);
    const std::string variant = told("TARGETVARIANT", architecture == run.platform.architecture ? run.platform.variant : std::string());
    const std::string parts = format("{}/{}{}{}", told("TARGETOS", run.platform.os), architecture, variant.empty() ? "" : "/", variant);
    const std::string target = told("TARGETPLATFORM", parts);
    return target == own ? std::string() : target;
}

struct CacheIdentity {
    Digest key;
    std::string about;
    std::uint32_t mode = 0;  // of the folder when it is made
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
};

struct WantedCache {
    const CacheMount* cache = nullptr;
    CacheIdentity identity;
    MountAccess access = MountAccess::ReadOnly;
};

class Preparation {
public:
    Preparation(const RunAction& run, const MountSurroundings& around) : run_(run), around_(around) {}
    Result<RunMounts> prepare();

private:
    Status add(const std::string& target, const BindMount& bind);
    Status add(const std::string& target, const CacheMount& cache);
    Status add(const std::string& target, const TmpfsMount& tmpfs);
    Status add(const std::string& target, const SecretMount& secret);
    Status add(const std::string& target, const SshMount& ssh);
    Status take_caches();
    Status take_cache(const WantedCache& wanted);
    Result<CacheIdentity> cache_identity(const CacheMount& cache);
    Status fill_cache(const std::string& folder, const CacheMount& cache, const CacheIdentity& identity);

    const RunAction& run_;
    const MountSurroundings& around_;
    RunMounts out_;
    std::map<std::string, std::string> cache_paths_;  // by key
};

Status Preparation::add(const std::string& target, const BindMount& bind) {
    const MountAccess access = bind.writable ? MountAccess::Writable : MountAccess::ReadOnly;
    if (const auto* files = std::get_if<InlineFiles>(&bind.from)) {
        for (const InlineFile& file : files->files)
            out_.mounts.push_back({format("{}/{}", target, file.name), FileMount{file.content, file.mode, 0, 0}, access});
        return {};
    }
    MABPLAN_TRY(layers, around_.files.layers(bind.from, bind.source));
    out_.mounts.push_back({target, std::move(layers), access});
    return {};
}

// What decides which folder a cache is. Programs of one platform do not see those of another, nor what was made for another target.
Result<CacheIdentity> Preparation::cache_identity(const CacheMount& cache) {
    CacheIdentity identity;
    MABPLAN_TRY(files, around_.files.identity(cache.from, cache.source));
    MABPLAN_TRY(facts, around_.files.facts(cache.from, cache.source));
    identity.mode = cache.mode.value_or(facts.mode);
    identity.uid = cache.uid.value_or(facts.uid);
    identity.gid = cache.gid.value_or(facts.gid);
    const std::string target = target_told(run_);
    identity.about = format("{}{} {}", format_platform(run_.platform), target.empty() ? "" : " for " + target, cache.id);
    identity.key = Digest::of(format("cache mount 2\n{}\n{}\n{}\n{}\n{:o} {} {}\n{}", format_platform(run_.platform), target, files,
                                     cache.source, identity.mode, identity.uid, identity.gid, cache.id));
    return identity;
}

Status Preparation::fill_cache(const std::string& folder, const CacheMount& cache, const CacheIdentity& identity) {
    if (::mkdir(folder.c_str(), 0700) != 0) return system_error(errno, "make the folder", folder);
    MABPLAN_CHECK(around_.files.copy_into(folder, cache.from, cache.source));
    if (::chown(folder.c_str(), identity.uid, identity.gid) != 0) return system_error(errno, "give an owner to the cache", folder);
    if (::chmod(folder.c_str(), identity.mode) != 0) return system_error(errno, "set the mode of", folder);
    return {};
}

// In the order of their keys, whatever the order of the mounts: commands that wait for each other's locked caches would never end.
Status Preparation::take_caches() {
    std::map<std::string, WantedCache> wanted;
    for (const Mount& mount : run_.mounts) {
        const auto* cache = std::get_if<CacheMount>(&mount.what);
        if (cache == nullptr) continue;
        MABPLAN_TRY(identity, cache_identity(*cache));
        const auto [entry, is_new] = wanted.emplace(identity.key.text(), WantedCache{cache, identity, MountAccess::ReadOnly});
        if (!is_new && cache->sharing > entry->second.cache->sharing) entry->second.cache = cache;
        if (!cache->read_only) entry->second.access = MountAccess::Writable;
    }
    for (const auto& [key, cache] : wanted) MABPLAN_CHECK(take_cache(cache));
    return {};
}

Status Preparation::take_cache(const WantedCache& wanted) {
    const CacheMount& cache = *wanted.cache;
    CacheFolderRequest request;
    request.key = wanted.identity.key;
    request.about = wanted.identity.about;
    request.sharing = sharing_of(cache);
    request.fill = [&](const std::string& folder) { return fill_cache(folder, cache, wanted.identity); };
    request.starts_empty = around_.starts_empty;
    request.waiting = [&] {
        if (around_.note) around_.note(format("is waiting for the cache {} (locked), which another step or build uses", quoted(cache.id)));
    };
    request.stop_fd = around_.stop_fd;
    auto folder = CacheFolder::take(around_.store_root, request);
    if (!folder) return pass(std::move(folder).error(), format("taking the cache {}", quoted(cache.id)));
    cache_paths_[request.key.text()] = folder->path();
    out_.used_caches.push_back({folder->path(), wanted.access});
    out_.waited_seconds += folder->waited_seconds();
    out_.caches.push_back(*std::move(folder));
    return {};
}

Status Preparation::add(const std::string& target, const CacheMount& cache) {
    MABPLAN_TRY(identity, cache_identity(cache));
    out_.mounts.push_back(
        {target, HostMount{cache_paths_[identity.key.text()]}, cache.read_only ? MountAccess::ReadOnly : MountAccess::Writable});
    return {};
}

Status Preparation::add(const std::string& target, const TmpfsMount& tmpfs) {
    out_.mounts.push_back({target, MemoryMount{tmpfs.size}, MountAccess::Writable});
    return {};
}

Status Preparation::add(const std::string& target, const SecretMount& secret) {
    const std::string* value = around_.secrets.find(secret.id);
    if (value == nullptr) return {};
    if (secret.variable) out_.env.push_back(format("{}={}", *secret.variable, *value));
    if (!target.empty()) out_.mounts.push_back({target, FileMount{*value, secret.mode, secret.uid, secret.gid}, MountAccess::ReadOnly});
    return {};
}

Status Preparation::add(const std::string& target, const SshMount& ssh) {
    if (out_.agent_socket.empty()) out_.agent_socket = target;
    const AgentSource* source = find_agent(ssh.id, around_.agents);
    if (source == nullptr) return {};
    MABPLAN_TRY(socket, around_.key_agents.socket_of(*source));
    const std::string name = format("agent-{}", out_.agents.size());
    MABPLAN_TRY(forward, AgentForward::start(around_.scratch, name, {ssh.mode, ssh.uid, ssh.gid}, socket));
    out_.agents.push_back(std::move(forward));
    out_.mounts.push_back({target, HostMount{format("{}/{}", around_.scratch, name)}, MountAccess::Writable});
    return {};
}

Result<RunMounts> Preparation::prepare() {
    MABPLAN_CHECK(take_caches());
    for (const Mount& mount : run_.mounts) MABPLAN_CHECK(std::visit([&](const auto& what) { return add(mount.target, what); }, mount.what));
    return std::move(out_);
}

}  // namespace

Result<std::vector<std::string>> mounted_identities(const RunAction& run, MountFiles& files) {
    std::vector<std::string> identities;
    const auto add = [&](const FileOrigin& from, const std::string& source) -> Status {
        MABPLAN_TRY(identity, files.identity(from, source));
        identities.push_back(std::move(identity));
        return {};
    };
    for (const Mount& mount : run.mounts) {
        if (const auto* bind = std::get_if<BindMount>(&mount.what)) MABPLAN_CHECK(add(bind->from, bind->source));
        if (const auto* cache = std::get_if<CacheMount>(&mount.what)) MABPLAN_CHECK(add(cache->from, cache->source));
    }
    return identities;
}

Result<RunMounts> prepare_run_mounts(const RunAction& run, const MountSurroundings& around) { return Preparation(run, around).prepare(); }

Status check_agents(const RunAction& run, const std::vector<AgentSource>& agents, KeyAgents& key_agents) {
    for (const Mount& mount : run.mounts) {
        const auto* ssh = std::get_if<SshMount>(&mount.what);
        if (ssh == nullptr) continue;
        const AgentSource* source = find_agent(ssh->id, agents);
        if (source == nullptr && ssh->required)
            return fail(ErrorKind::Input, format("the ssh agent {} is needed and not given", quoted(ssh->id)),
                        format("--ssh {}[=SOCKET|KEYFILE]", ssh->id));
        if (source != nullptr) MABPLAN_CHECK(key_agents.socket_of(*source));
    }
    return {};
}

}  // namespace mabplan::runtime
