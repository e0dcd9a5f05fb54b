#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/codec/command_fields.h"
#include "plans/codec/names.h"
#include "plans/codec/step_codec.h"

#include <memory>

namespace mabplan {

namespace {

using codec::Members;

constexpr JsonLimits kRequestLimits{.max_bytes = 64U << 20U, .max_depth = 16};
constexpr JsonLimits kResultLimits{.max_bytes = 16U << 20U, .max_depth = 16};
constexpr double kMostSeconds = 1e9;
constexpr std::uint64_t kMostCode = 255;

// Reads one document; the first fault found stays in fault_.
class StepReader {
public:
    StepRequest request(const Json& document);
    StepResult result(const Json& document);
    const std::string& fault() const { return fault_; }

private:
    std::vector<Digest> digests(Members& members, const char* key);
    std::string folder(Members& members, const char* key);
    std::string source(Members& members);
    std::optional<std::int64_t> time(Members& members, const char* key);
    std::vector<std::string> settings(Members& members, const char* key);
    std::optional<CacheSeed> seed(Members& members, const std::string& path);
    CacheInput cache(Members& members, const std::string& path);
    StepInput input(const Json& json, const std::string& path);
    StepLayer layer(const Json& json);
    StepFailed failed(const Json& json);

    std::string fault_;
};

std::vector<Digest> StepReader::digests(Members& members, const char* key) {
    std::vector<Digest> out;
    for (const std::string& text : members.texts(key)) {
        const auto parsed = Digest::parse(text);
        if (parsed) out.push_back(*parsed);
        else members.fail(key, format("has {}, which is not a digest", quoted(text)));
    }
    return out;
}

std::string StepReader::folder(Members& members, const char* key) {
    std::string path = members.text(key);
    if (!path.starts_with('/') || clean_path(path) != path) members.fail(key, "is not an absolute path without \"..\" and double slashes");
    return path;
}

std::string StepReader::source(Members& members) {
    std::string path = members.text("source");
    if (!path.starts_with('/')) members.fail("source", "is not an absolute path");
    return path;
}

std::optional<std::int64_t> StepReader::time(Members& members, const char* key) {
    const auto time = members.signed_or_null(key);
    if (time && (*time > codec::kLatestTime || *time < -codec::kLatestTime)) members.fail(key, "is no time");
    return time;
}

std::vector<std::string> StepReader::settings(Members& members, const char* key) {
    std::vector<std::string> settings = members.texts(key);
    for (const std::string& setting : settings)
        if (setting.find('=', 1) == std::string::npos) members.fail(key, format("has {}: expected NAME=value", quoted(setting)));
    return settings;
}

std::optional<CacheSeed> StepReader::seed(Members& members, const std::string& path) {
    if (members.is_null("seed")) return std::nullopt;
    Members fields(members.object("seed"), path + ".seed", fault_);
    CacheSeed seed{fields.digest("layer"), digests(fields, "seen")};
    fields.no_others();
    return seed;
}

CacheInput StepReader::cache(Members& members, const std::string& path) {
    CacheInput cache;
    cache.id = members.text("id");
    cache.key = members.digest("key");
    cache.about = members.text("about");
    cache.sharing = members.word("sharing", codec::kSharingNames);
    cache.read_only = members.flag("read_only");
    cache.mode = static_cast<std::uint32_t>(members.number("mode", codec::kMostMode));
    cache.uid = static_cast<std::uint32_t>(members.number("uid", codec::kMostIndex));
    cache.gid = static_cast<std::uint32_t>(members.number("gid", codec::kMostIndex));
    cache.seed = seed(members, path);
    return cache;
}

StepInput StepReader::input(const Json& json, const std::string& path) {
    Members members(json, path, fault_);
    StepInput input;
    const std::string type = members.text("type");
    if (type == "layers") input.what = LayersInput{digests(members, "layers"), source(members), members.flag("writable")};
    else if (type == "inline") input.what = InlineInput{codec::read_inline_files(members, "files"), members.flag("writable")};
    else if (type == "cache") input.what = cache(members, path);
    else if (type == "tmpfs") input.what = codec::read_tmpfs(members);
    else if (type == "secret") input.what = codec::read_secret(members);
    else if (type == "ssh") input.what = codec::read_ssh(members);
    else members.fail("type", format("is {}: expected layers, inline, cache, tmpfs, secret or ssh", quoted(type)));
    const auto* secret = std::get_if<SecretMount>(&input.what);
    if (secret != nullptr && secret->variable && members.text("target").empty()) return members.no_others(), input;
    input.target = folder(members, "target");
    members.no_others();
    return input;
}

StepRequest StepReader::request(const Json& document) {
    Members members(document, "step", fault_);
    StepRequest request;
    members.text("schema");
    request.stage = members.text("stage");
    request.text = members.text("text");
    request.layers = digests(members, "layers");
    request.argv = members.texts("argv");
    if (request.argv.empty()) members.fail("argv", "is empty");
    request.env = settings(members, "env");
    request.proxy = settings(members, "proxy");
    request.cwd = folder(members, "cwd");
    request.user = members.text("user");
    request.hostname = members.text("hostname");
    request.platform = normalize_platform(codec::read_platform(members, "platform"));
    request.runner = members.word("runner", codec::kRunnerNames);
    request.network = members.word("network", codec::kNetworkNames);
    request.security = members.word("security", codec::kSecurityNames);
    request.noise = members.word("noise", codec::kNoiseNames);
    request.epoch = time(members, "epoch");
    request.layer_time = time(members, "layer_time");
    members.each("mounts", [&](const Json& json, const std::string& at) { request.inputs.push_back(input(json, at)); });
    request.made_layers = digests(members, "made_layers");
    request.extra_hosts = codec::read_hosts(members, "extra_hosts");
    request.ulimits = codec::read_limits(members, "ulimits");
    request.devices = codec::read_devices(members, "devices");
    if (!members.is_null("timeout_ms")) request.timeout_ms = members.number("timeout_ms", codec::kMostBytes);
    members.no_others();
    return request;
}

StepLayer StepReader::layer(const Json& json) {
    Members members(json, "result.layer", fault_);
    StepLayer layer;
    layer.diff_id = members.digest("diff_id");
    layer.bytes = members.number("bytes", codec::kMostBytes);
    members.each_object("left_out", [&](Members& file) { layer.left_out.push_back({file.text("path"), file.text("what")}); });
    members.each_object("programs", [&](Members& program) {
        layer.programs.push_back({program.text("architecture"), program.text("path")});
    });
    members.each_object("baked_in", [&](Members& file) { layer.baked_in.push_back({file.text("kind"), file.text("path")}); });
    members.no_others();
    return layer;
}

StepFailed StepReader::failed(const Json& json) {
    Members members(json, "result.failed", fault_);
    StepFailed failed;
    failed.how = members.word("how", codec::kStepEndNames);
    failed.code = static_cast<int>(members.number("code", kMostCode));
    failed.log_tail = members.text("log_tail");
    failed.hint = members.text("hint");
    members.no_others();
    return failed;
}

StepResult StepReader::result(const Json& document) {
    Members members(document, "result", fault_);
    StepResult result;
    members.text("schema");
    if (members.has("failed")) result.what = failed(members.object("failed"));
    else result.what = layer(members.object("layer"));
    result.seconds = members.real("seconds", kMostSeconds);
    result.waited_seconds = members.real("waited_seconds", kMostSeconds);
    result.emulator = members.text("emulator");
    members.no_others();
    return result;
}

Result<Json> parse_document(std::string_view text, std::string_view name, std::string_view schema, const JsonLimits& limits) {
    const auto source = std::make_shared<SourceText>(std::string(name), std::string(text));
    MABPLAN_TRY(document, parse_json(source, ErrorKind::Input, limits));
    const auto found = find_string(document, "schema");
    const std::string_view what = schema == kStepSchema ? "step" : "result of a step";
    if (!found) return input_error(format("{} is not a {}: it has no \"schema\"", name, what));
    if (*found != schema)
        return input_error(format("{} is a {} of the form {}: this mabplan reads {}", name, what, quoted(*found), schema));
    return document;
}

}  // namespace

Result<StepRequest> read_step_request(std::string_view text, std::string_view name) {
    MABPLAN_TRY(document, parse_document(text, name, kStepSchema, kRequestLimits));
    StepReader reader;
    StepRequest request = reader.request(document);
    if (!reader.fault().empty()) return input_error(format("{}: {}", name, reader.fault()));
    return request;
}

Result<StepResult> read_step_result(std::string_view text, std::string_view name) {
    MABPLAN_TRY(document, parse_document(text, name, kStepResultSchema, kResultLimits));
    StepReader reader;
    StepResult result = reader.result(document);
    if (!reader.fault().empty()) return input_error(format("{}: {}", name, reader.fault()));
    return result;
}

}  // namespace mabplan
