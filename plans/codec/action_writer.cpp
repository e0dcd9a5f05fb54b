#include "plans/codec/action_writer.h"

#include "plans/codec/command_fields.h"
#include "plans/codec/names.h"

namespace mabplan::codec {

namespace {

Json write(const BaseLayer& layer) {
    return {{"media_type", layer.blob.media_type},
            {"digest", layer.blob.digest.text()},
            {"size", layer.blob.size},
            {"diff_id", layer.diff_id.text()}};
}

Json write(const ImageLocation& location) {
    Json out{{"kind", name_of(kLocationNames, location.kind)},
             {"address", write_bytes(location.address)},
             {"manifest", location.manifest.text()}};
    if (!location.index.empty()) out["index"] = location.index.text();
    return out;
}

Json write(const ImageAction& image) {
    Json layers = Json::array();
    for (const BaseLayer& layer : image.layers) layers.push_back(write(layer));
    return {{"name", image.name},
            {"platform", format_platform(image.platform)},
            {"location", write(image.location)},
            {"layers", layers},
            {"created", write_optional(image.created)}};
}

// Exactly one of three members says where files come from.
void put_origin(Json& out, const FileOrigin& origin) {
    if (const auto* context = std::get_if<ContextFiles>(&origin))
        out["from_context"] = {{"context", context->context.index}, {"tree", context->tree.text()}};
    else if (const auto* root = std::get_if<RootFiles>(&origin)) out["from_root"] = write_optional_id(root->root);
    else out["from_inline"] = write_inline_files(std::get<InlineFiles>(origin).files);
}

Json write(const BindMount& bind) {
    Json out{{"type", "bind"}, {"source", write_bytes(bind.source)}, {"writable", bind.writable}};
    put_origin(out, bind.from);
    return out;
}

Json write(const CacheMount& cache) {
    Json out{{"type", "cache"},
             {"id", write_bytes(cache.id)},
             {"source", write_bytes(cache.source)},
             {"sharing", name_of(kSharingNames, cache.sharing)},
             {"read_only", cache.read_only},
             {"mode", write_optional(cache.mode)},
             {"uid", write_optional(cache.uid)},
             {"gid", write_optional(cache.gid)}};
    put_origin(out, cache.from);
    return out;
}

Json write(const TmpfsMount& tmpfs) { return write_mount(tmpfs); }
Json write(const SecretMount& secret) { return write_mount(secret); }
Json write(const SshMount& ssh) { return write_mount(ssh); }

Json write(const Mount& mount) {
    Json out = std::visit([](const auto& what) { return write(what); }, mount.what);
    out["target"] = write_bytes(mount.target);
    return out;
}

Json write(const RunAction& run) {
    Json mounts = Json::array();
    for (const Mount& mount : run.mounts) mounts.push_back(write(mount));
    Json out{{"root", write_optional_id(run.root)},
             {"argv", write_bytes(run.argv)},
             {"env", write_bytes(run.env)},
             {"cwd", write_bytes(run.cwd)},
             {"user", write_bytes(run.user)},
             {"hostname", run.hostname},
             {"platform", format_platform(run.platform)},
             {"network", name_of(kNetworkNames, run.network)},
             {"security", name_of(kSecurityNames, run.security)},
             {"noise", name_of(kNoiseNames, run.noise)},
             {"epoch", write_optional(run.epoch)},
             {"mounts", mounts},
             {"extra_hosts", write_hosts(run.extra_hosts)},
             {"ulimits", write_limits(run.ulimits)},
             {"timeout_ms", write_optional(run.timeout_ms)},
             {"proxy", write_bytes(run.proxy)},
             {"runner", name_of(kRunnerNames, run.runner)}};
    if (!run.devices.empty()) out["devices"] = write_devices(run.devices);
    return out;
}

Json write(const CopyAction& copy) {
    Json parts = Json::array();
    for (const CopyPart& part : copy.parts) {
        Json& out = parts.emplace_back(
            Json{{"sources", write_bytes(part.sources)}, {"unpack", part.unpack}, {"times", name_of(kSourceTimesNames, part.times)}});
        put_origin(out, part.from);
    }
    return {{"root", write_optional_id(copy.root)},
            {"parts", parts},
            {"destination", write_bytes(copy.destination)},
            {"chown", write_bytes(copy.chown)},
            {"chmod", copy.chmod},
            {"excludes", write_bytes(copy.excludes)},
            {"parents", copy.parents},
            {"link", copy.link}};
}

Json write(const MakeDirectoryAction& made) {
    return {{"root", write_optional_id(made.root)}, {"path", write_bytes(made.path)}, {"owner", write_bytes(made.owner)}};
}

Json write(const FetchAction& fetch) {
    return {{"url", write_bytes(fetch.url)},
            {"checksum", fetch.checksum},
            {"name", write_bytes(fetch.name)},
            {"modified", write_optional(fetch.modified)}};
}

Json write(const GitAction& git) {
    return {{"remote", write_bytes(git.remote)},      {"ref", write_bytes(git.ref)},
            {"subdir", write_bytes(git.subdir)},      {"checksum", git.checksum},
            {"keep_git_dir", git.keep_git_dir},       {"submodules", git.submodules},
            {"fetch_by_commit", git.fetch_by_commit}, {"commit_times", git.commit_times}};
}

}  // namespace

Json write_optional_id(const std::optional<ActionId>& id) { return id ? Json(id->index) : Json(nullptr); }

Json write_origin(const Origin& origin) {
    return {{"dockerfile", origin.dockerfile},
            {"line", origin.line},
            {"last_line", origin.last_line},
            {"stage", origin.stage},
            {"text", origin.text}};
}

Json write_action(const Action& action) {
    Json out = std::visit([](const auto& made) { return write(made); }, action.work);
    out["kind"] = kind_name(action.work);
    out["key"] = action.definition_key.text();
    out["origin"] = write_origin(action.origin);
    Json& instructions = out["instructions"] = Json::array();
    for (const InstructionId& instruction : action.instructions)
        instructions.push_back({{"target", instruction.target},
                                {"stage", instruction.stage},
                                {"platform", format_platform(instruction.platform)},
                                {"ordinal", instruction.ordinal}});
    if (makes_layer(action.work))
        out["time"] = action.time ? Json{{"start", action.time->start}, {"place", action.time->place}} : Json(nullptr);
    return out;
}

}  // namespace mabplan::codec
