// RUN --mount: from the options as written to the mounts of an action (Dockerfile reference, "RUN --mount").
#include "compiler/lower/cell_lowering.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

namespace mabplan::compiler {

namespace {

constexpr std::uint32_t kSecretMode = 0400;
constexpr std::uint32_t kSocketMode = 0600;
constexpr std::uint32_t kModeBits = 07777;

mabplan::CacheSharing sharing_of(const compiler::Mount& mount) {
    switch (mount.sharing.value_or(compiler::CacheSharing::Shared)) {
        case compiler::CacheSharing::Shared: return mabplan::CacheSharing::Shared;
        case compiler::CacheSharing::Private: return mabplan::CacheSharing::Private;
        case compiler::CacheSharing::Locked: return mabplan::CacheSharing::Locked;
    }
    return mabplan::CacheSharing::Shared;
}

template <class Owned>
void set_owner(const compiler::Mount& mount, std::uint32_t default_mode, Owned& owned) {
    owned.mode = mount.mode.value_or(default_mode) & kModeBits;
    owned.uid = mount.uid.value_or(0);
    owned.gid = mount.gid.value_or(0);
}

std::string last_part(const std::string& path) { return std::string(base_name(clean_path(path))); }

mabplan::Mount secret_mount(const compiler::Mount& mount) {
    SecretMount secret;
    secret.id = !mount.source.empty() ? mount.source : mount.id;
    if (secret.id.empty()) secret.id = last_part(mount.target);
    if (mount.env) secret.variable = mount.env->empty() ? secret.id : *mount.env;
    secret.required = mount.required;
    set_owner(mount, kSecretMode, secret);
    std::string target = mount.target;
    if (target.empty() && !mount.env) target = "/run/secrets/" + last_part(secret.id);
    return {std::move(target), std::move(secret)};
}

Result<mabplan::Mount> ssh_mount(const compiler::Mount& mount) {
    if (!mount.source.empty()) return fail(ErrorKind::Input, "an ssh mount has no source", "name the agent with id=");
    SshMount ssh;
    ssh.id = mount.id.empty() ? "default" : mount.id;
    ssh.required = mount.required;
    set_owner(mount, kSocketMode, ssh);
    return mabplan::Mount{mount.target, std::move(ssh)};
}

}  // namespace

Result<FileOrigin> CellLowering::mount_origin(const compiler::Mount& mount, const Step& step) {
    if (mount.type == MountType::Cache && mount.from.empty()) return FileOrigin(RootFiles{});
    MABPLAN_TRY(place, find_place(mount.from, step, true));
    SelectionOptions literal;
    literal.wildcards = SourceWildcards::Literal;
    return origin_at(place, {join_path("/", mount.source)}, literal, step);
}

Result<mabplan::Mount> CellLowering::lower_mount(const compiler::Mount& mount, const Step& step) {
    switch (mount.type) {
        case MountType::Tmpfs: return mabplan::Mount{mount.target, TmpfsMount{mount.size}};
        case MountType::Secret: return secret_mount(mount);
        case MountType::Ssh: return ssh_mount(mount);
        case MountType::Bind: {
            MABPLAN_TRY(from, mount_origin(mount, step));
            return mabplan::Mount{mount.target, BindMount{std::move(from), join_path("/", mount.source), !mount.read_only}};
        }
        case MountType::Cache: break;
    }
    CacheMount cache;
    MABPLAN_TRY(from, mount_origin(mount, step));
    cache.from = std::move(from);
    cache.source = join_path("/", mount.source);
    cache.id = mount.id.empty() ? clean_path(mount.target) : mount.id;
    if (const auto space = build_argument("BUILDKIT_CACHE_MOUNT_NS"); space && !space->empty()) cache.id = *space + "/" + cache.id;
    cache.sharing = sharing_of(mount);
    cache.read_only = mount.read_only;
    if (mount.mode) cache.mode = *mount.mode & kModeBits;
    cache.uid = mount.uid;
    cache.gid = mount.gid;
    return mabplan::Mount{mount.target, std::move(cache)};
}

Status CellLowering::add_mount(const MountText& text, RunAction& action, const Step& step) {
    const auto at_mount = [&](Error error) { return pass(std::move(error).at(place_of(step.at, "--mount=" + text.text))); };
    auto resolved = resolve_mount(text, [&](std::string_view word) { return expand(word, step); });
    if (!resolved) return at_mount(std::move(resolved).error());
    auto mount = lower_mount(*resolved, step);
    if (!mount) return at_mount(std::move(mount).error());
    std::string& target = mount->target;
    if (std::holds_alternative<SshMount>(mount->what) && resolved->target.empty()) {
        std::size_t agents = 0;
        for (const mabplan::Mount& other : action.mounts) agents += std::holds_alternative<SshMount>(other.what) ? 1 : 0;
        target = format("/run/buildkit/ssh_agent.{}", agents);
    }
    if (!target.empty() || !std::holds_alternative<SecretMount>(mount->what)) target = join_path(step.state.config.working_dir, target);
    if (target == "/")
        return at_mount(
            input_error(format("invalid mount target {}: a mount can't cover all of the file system", quoted(resolved->target))).value());
    action.mounts.push_back(*std::move(mount));
    return {};
}

}  // namespace mabplan::compiler
