#include "plans/codec/command_fields.h"
#include "plans/codec/names.h"
#include "plans/codec/step_codec.h"

namespace mabplan {

namespace {

using codec::name_of;
using codec::write_bytes;
using codec::write_mount;
using codec::write_optional;

Json write_digests(const std::vector<Digest>& digests) {
    Json out = Json::array();
    for (const Digest& digest : digests) out.push_back(digest.text());
    return out;
}

Json write_input(const LayersInput& files) {
    return {
        {"type", "layers"}, {"layers", write_digests(files.layers)}, {"source", write_bytes(files.source)}, {"writable", files.writable}};
}

Json write_input(const InlineInput& files) {
    return {{"type", "inline"}, {"files", codec::write_inline_files(files.files)}, {"writable", files.writable}};
}

Json write_seed(const std::optional<CacheSeed>& seed) {
    return seed ? Json{{"layer", seed->layer.text()}, {"seen", write_digests(seed->seen)}} : Json(nullptr);
}

Json write_input(const CacheInput& cache) {
    return {{"type", "cache"},
            {"id", write_bytes(cache.id)},
            {"key", cache.key.text()},
            {"about", write_bytes(cache.about)},
            {"sharing", name_of(codec::kSharingNames, cache.sharing)},
            {"read_only", cache.read_only},
            {"mode", cache.mode},
            {"uid", cache.uid},
            {"gid", cache.gid},
            {"seed", write_seed(cache.seed)}};
}

Json write_input(const TmpfsMount& tmpfs) { return write_mount(tmpfs); }
Json write_input(const SecretMount& secret) { return write_mount(secret); }
Json write_input(const SshMount& ssh) { return write_mount(ssh); }

Json write_inputs(const std::vector<StepInput>& inputs) {
    Json out = Json::array();
    for (const StepInput& input : inputs) {
        Json& written = out.emplace_back(std::visit([](const auto& what) { return write_input(what); }, input.what));
        written["target"] = write_bytes(input.target);
    }
    return out;
}

Json write_what(const StepLayer& layer) {
    Json left_out = Json::array(), programs = Json::array(), baked_in = Json::array();
    for (const LeftOut& file : layer.left_out) left_out.push_back({{"path", write_bytes(file.path)}, {"what", file.what}});
    for (const ProgramFound& program : layer.programs)
        programs.push_back({{"architecture", program.architecture}, {"path", write_bytes(program.path)}});
    for (const BakedIn& file : layer.baked_in) baked_in.push_back({{"kind", file.kind}, {"path", write_bytes(file.path)}});
    return {{"diff_id", layer.diff_id.text()},
            {"bytes", layer.bytes},
            {"left_out", std::move(left_out)},
            {"programs", std::move(programs)},
            {"baked_in", std::move(baked_in)}};
}

Json write_what(const StepFailed& failed) {
    return {{"how", name_of(codec::kStepEndNames, failed.how)},
            {"code", failed.code},
            {"log_tail", write_bytes(failed.log_tail)},
            {"hint", failed.hint}};
}

}  // namespace

std::string write_step_request(const StepRequest& request) {
    return dump_json_pretty(Json{{"schema", kStepSchema},
                                 {"stage", write_bytes(request.stage)},
                                 {"text", write_bytes(request.text)},
                                 {"layers", write_digests(request.layers)},
                                 {"argv", write_bytes(request.argv)},
                                 {"env", write_bytes(request.env)},
                                 {"proxy", write_bytes(request.proxy)},
                                 {"cwd", write_bytes(request.cwd)},
                                 {"user", write_bytes(request.user)},
                                 {"hostname", request.hostname},
                                 {"platform", format_platform(request.platform)},
                                 {"runner", name_of(codec::kRunnerNames, request.runner)},
                                 {"network", name_of(codec::kNetworkNames, request.network)},
                                 {"security", name_of(codec::kSecurityNames, request.security)},
                                 {"noise", name_of(codec::kNoiseNames, request.noise)},
                                 {"epoch", write_optional(request.epoch)},
                                 {"layer_time", write_optional(request.layer_time)},
                                 {"mounts", write_inputs(request.inputs)},
                                 {"made_layers", write_digests(request.made_layers)},
                                 {"extra_hosts", codec::write_hosts(request.extra_hosts)},
                                 {"ulimits", codec::write_limits(request.ulimits)},
                                 {"devices", codec::write_devices(request.devices)},
                                 {"timeout_ms", write_optional(request.timeout_ms)}});
}

std::string write_step_result(const StepResult& result) {
    const char* const what = std::holds_alternative<StepLayer>(result.what) ? "layer" : "failed";
    return dump_json_pretty(Json{{"schema", kStepResultSchema},
                                 {what, std::visit([](const auto& made) { return write_what(made); }, result.what)},
                                 {"seconds", result.seconds},
                                 {"waited_seconds", result.waited_seconds},
                                 {"emulator", write_bytes(result.emulator)}});
}

}  // namespace mabplan
