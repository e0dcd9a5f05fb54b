#include "runtime/step/input_mounts.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/freshness/seen_files.h"
#include "runtime/snapshot/unpack.h"
#include "runtime/sys/system_error.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>

namespace mabplan::runtime {

namespace {

const AgentSource* find_agent(const std::string& id, const std::vector<AgentSource>& agents) {
    const auto found = std::find_if(agents.begin(), agents.end(), [&](const AgentSource& agent) { return agent.id == id; });
    return found == agents.end() ? nullptr : &*found;
}

FolderSharing sharing_of(const CacheInput& cache) {
    switch (cache.sharing) {
        case CacheSharing::Shared: return FolderSharing::Shared;
        case CacheSharing::Private: return FolderSharing::Private;
        case CacheSharing::Locked: return FolderSharing::Locked;
    }
    return FolderSharing::Shared;
}

struct WantedCache {
    const CacheInput* cache = nullptr;
    MountAccess access = MountAccess::ReadOnly;
};

class Preparation {
public:
    Preparation(const StepRequest& request, const MountSurroundings& around) : request_(request), around_(around) {}
    Result<InputMounts> prepare();

private:
    Status add(const std::string& target, const LayersInput& files);
    Status add(const std::string& target, const InlineInput& files);
    Status add(const std::string& target, const CacheInput& cache);
    Status add(const std::string& target, const TmpfsMount& tmpfs);
    Status add(const std::string& target, const SecretMount& secret);
    Status add(const std::string& target, const SshMount& ssh);
    Status take_caches();
    Status take_cache(const WantedCache& wanted);
    Status fill_cache(const std::string& folder, const CacheInput& cache);
    Status note_seed(const std::string& folder, const std::vector<Digest>& seen);

    const StepRequest& request_;
    const MountSurroundings& around_;
    InputMounts out_;
    std::map<std::string, std::string> cache_paths_;  // by key
};

MountAccess access_of(bool writable) { return writable ? MountAccess::Writable : MountAccess::ReadOnly; }

Status Preparation::add(const std::string& target, const LayersInput& files) {
    MABPLAN_TRY(folders, around_.layers.snapshots(files.layers));
    out_.mounts.push_back({target, LayersMount{std::move(folders), files.source}, access_of(files.writable)});
    return {};
}

Status Preparation::add(const std::string& target, const InlineInput& files) {
    for (const InlineFile& file : files.files)
        out_.mounts.push_back({format("{}/{}", target, file.name), FileMount{file.content, file.mode, 0, 0}, access_of(files.writable)});
    return {};
}

// Those who made the files saw these layers.
Status Preparation::note_seed(const std::string& folder, const std::vector<Digest>& seen) {
    SeenTable table{1, {}};
    if (!seen.empty()) {
        MABPLAN_TRY(folders, around_.layers.snapshots(seen));
        MABPLAN_TRY(sight, StepSight::look({around_.layers.listings(), made_folders(request_, around_.layers)}, folders, {}));
        for (const SeenFile& file : sight.files()) table.records.push_back({file.key, file.content, 0, file.source, {}});
    }
    MABPLAN_TRY(files, SeenFiles::lock(folder, around_.stop_fd));
    return files.write(table);
}

Status Preparation::fill_cache(const std::string& folder, const CacheInput& cache) {
    if (!cache.seed && ::mkdir(folder.c_str(), 0700) != 0) return system_error(errno, "make the folder", folder);
    if (cache.seed) {
        MABPLAN_CHECK(around_.layers.unpack(cache.seed->layer, folder));
        MABPLAN_CHECK(note_seed(folder, cache.seed->seen));
    }
    if (::chown(folder.c_str(), cache.uid, cache.gid) != 0) return system_error(errno, "give an owner to the cache", folder);
    if (::chmod(folder.c_str(), cache.mode) != 0) return system_error(errno, "set the mode of", folder);
    return {};
}

// In the order of their keys, whatever the order of the mounts: commands that wait for each other's locked caches would never end.
Status Preparation::take_caches() {
    std::map<std::string, WantedCache> wanted;
    for (const StepInput& input : request_.inputs) {
        const auto* cache = std::get_if<CacheInput>(&input.what);
        if (cache == nullptr) continue;
        const auto [entry, is_new] = wanted.emplace(cache->key.text(), WantedCache{cache, MountAccess::ReadOnly});
        if (!is_new && cache->sharing > entry->second.cache->sharing) entry->second.cache = cache;
        if (!cache->read_only) entry->second.access = MountAccess::Writable;
    }
    for (const auto& [key, cache] : wanted) MABPLAN_CHECK(take_cache(cache));
    return {};
}

Status Preparation::take_cache(const WantedCache& wanted) {
    const CacheInput& cache = *wanted.cache;
    CacheFolderRequest request;
    request.key = cache.key;
    request.about = cache.about;
    request.sharing = sharing_of(cache);
    request.fill = [&](const std::string& folder) { return fill_cache(folder, cache); };
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

Status Preparation::add(const std::string& target, const CacheInput& cache) {
    out_.mounts.push_back({target, HostMount{cache_paths_[cache.key.text()]}, access_of(!cache.read_only)});
    return {};
}

Status Preparation::add(const std::string& target, const TmpfsMount& tmpfs) {
    out_.mounts.push_back({target, MemoryMount{tmpfs.size}, MountAccess::Writable});
    return {};
}

Status Preparation::add(const std::string& target, const SecretMount& secret) {
    const std::string* value = around_.secrets.find(secret.id);
    if (value == nullptr) return {};
    out_.hidden.push_back(*value);
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

Result<InputMounts> Preparation::prepare() {
    MABPLAN_CHECK(take_caches());
    for (const StepInput& input : request_.inputs)
        MABPLAN_CHECK(std::visit([&](const auto& what) { return add(input.target, what); }, input.what));
    return std::move(out_);
}

}  // namespace

std::set<std::string> made_folders(const StepRequest& request, LayerStore& layers) {
    std::set<std::string> folders = layers.settling_folders();  // base images have them
    for (const Digest& layer : request.made_layers) folders.insert(layers.snapshot_store().path(layer));
    return folders;
}

Result<InputMounts> prepare_input_mounts(const StepRequest& request, const MountSurroundings& around) {
    return Preparation(request, around).prepare();
}

Status check_agent(const SshMount& ssh, const std::vector<AgentSource>& agents, KeyAgents& key_agents) {
    const AgentSource* source = find_agent(ssh.id, agents);
    if (source == nullptr && ssh.required)
        return fail(ErrorKind::Input, format("the ssh agent {} is needed and not given", quoted(ssh.id)),
                    format("--ssh {}[=SOCKET|KEYFILE]", ssh.id));
    if (source != nullptr) MABPLAN_CHECK(key_agents.socket_of(*source));
    return {};
}

}  // namespace mabplan::runtime
