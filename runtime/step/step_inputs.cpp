#include "runtime/step/step_inputs.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/step/variables.h"

#include <algorithm>

namespace mabplan::runtime {

namespace {

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

class Inputs {
public:
    Inputs(const RunAction& run, MountFiles& files) : run_(run), files_(files) {}
    Result<std::vector<StepInput>> resolve();

private:
    using What = decltype(StepInput::what);
    Result<What> resolve(const BindMount& bind);
    Result<What> resolve(const CacheMount& cache);
    static Result<What> resolve(const TmpfsMount& tmpfs) { return tmpfs; }
    static Result<What> resolve(const SecretMount& secret) { return secret; }
    static Result<What> resolve(const SshMount& ssh) { return ssh; }
    Status identify(const CacheMount& cache, CacheInput& input);

    const RunAction& run_;
    MountFiles& files_;
};

Result<Inputs::What> Inputs::resolve(const BindMount& bind) {
    if (const auto* files = std::get_if<InlineFiles>(&bind.from)) return InlineInput{files->files, bind.writable};
    MABPLAN_TRY(layers, files_.layers(bind.from, bind.source));
    layers.writable = bind.writable;
    return layers;
}

// What decides which folder a cache is. Programs of one platform do not see those of another, nor what was made for another target.
Status Inputs::identify(const CacheMount& cache, CacheInput& input) {
    MABPLAN_TRY(files, files_.identity(cache.from, cache.source));
    MABPLAN_TRY(facts, files_.facts(cache.from, cache.source));
    input.mode = cache.mode.value_or(facts.mode);
    input.uid = cache.uid.value_or(facts.uid);
    input.gid = cache.gid.value_or(facts.gid);
    const std::string target = target_told(run_);
    input.about = format("{}{} {}", format_platform(run_.platform), target.empty() ? "" : " for " + target, cache.id);
    input.key = Digest::of(format("cache mount 2\n{}\n{}\n{}\n{}\n{:o} {} {}\n{}", format_platform(run_.platform), target, files,
                                  cache.source, input.mode, input.uid, input.gid, cache.id));
    return {};
}

Result<Inputs::What> Inputs::resolve(const CacheMount& cache) {
    CacheInput input;
    input.id = cache.id;
    input.sharing = cache.sharing;
    input.read_only = cache.read_only;
    MABPLAN_CHECK(identify(cache, input));
    auto seed = files_.seed(cache.from, cache.source);
    if (!seed) return pass(std::move(seed).error(), format("taking the cache {}", quoted(cache.id)));
    input.seed = *std::move(seed);
    return input;
}

Result<std::vector<StepInput>> Inputs::resolve() {
    std::vector<StepInput> inputs;
    for (const Mount& mount : run_.mounts) {
        MABPLAN_TRY(what, std::visit([&](const auto& asked) { return resolve(asked); }, mount.what));
        inputs.push_back({mount.target, std::move(what)});
    }
    return inputs;
}

bool uses_caches(const StepRequest& request) {
    return std::any_of(request.inputs.begin(), request.inputs.end(),
                       [](const StepInput& input) { return std::holds_alternative<CacheInput>(input.what); });
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

Result<StepRequest> make_step_request(const Action& action, std::vector<Digest> below, MountFiles& files) {
    const auto& run = std::get<RunAction>(action.work);
    StepRequest request;
    request.stage = action.origin.stage;
    request.text = action.origin.text;
    request.layers = std::move(below);
    request.argv = run.argv;
    request.env = run.env;
    request.proxy = run.proxy;
    request.cwd = clean_path(join_path("/", run.cwd));
    request.user = run.user;
    request.hostname = run.hostname;
    request.platform = run.platform;
    request.runner = run.runner;
    request.network = run.network;
    request.security = run.security;
    request.noise = run.noise;
    request.epoch = run.epoch;
    if (action.time) request.layer_time = action.time->seconds();
    MABPLAN_TRY(inputs, Inputs(run, files).resolve());
    request.inputs = std::move(inputs);
    if (uses_caches(request)) request.made_layers = files.made_among(layers_of(request));
    std::sort(request.made_layers.begin(), request.made_layers.end());
    request.extra_hosts = run.extra_hosts;
    request.ulimits = run.ulimits;
    request.devices = run.devices;
    request.timeout_ms = run.timeout_ms;
    return request;
}

}  // namespace mabplan::runtime
