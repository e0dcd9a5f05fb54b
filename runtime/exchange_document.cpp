#include "runtime/exchange_document.h"

#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/codec/members.h"

namespace mabplan::runtime {

namespace {

using codec::Members;

constexpr JsonLimits kExchangeLimits{.max_bytes = 128U << 20U, .max_depth = 16};
constexpr std::uint64_t kMostBytes = 1ULL << 60U;
constexpr double kMostSeconds = 1e9;
constexpr std::uint64_t kMostOrdinal = 1U << 30U;

Json left_out_json(const std::vector<LeftOut>& left_out) {
    Json out = Json::array();
    for (const LeftOut& file : left_out) out.push_back({{"path", write_bytes(file.path)}, {"what", file.what}});
    return out;
}

Json instruction_json(const InstructionId& id) {
    return {
        {"target", id.target}, {"stage", id.stage}, {"platform", format_platform(id.platform)}, {"kind", id.kind}, {"ordinal", id.ordinal}};
}

Json result_json(const ExchangedResult& each) {
    Json fields = Json::array(), instructions = Json::array();
    for (const KeyField& field : each.why.fields) fields.push_back({{"tag", write_bytes(field.tag)}, {"value", write_bytes(field.value)}});
    for (const InstructionId& id : each.instructions) instructions.push_back(instruction_json(id));
    return {{"key", each.key.text()},
            {"kind", key_kind_name(each.kind)},
            {"layer", each.result.diff_id.text()},
            {"bytes", each.result.bytes},
            {"seconds", each.result.seconds},
            {"emulator", each.result.emulator},
            {"left_out", left_out_json(each.result.left_out)},
            {"origin", write_bytes(each.why.origin)},
            {"fields", std::move(fields)},
            {"instructions", std::move(instructions)}};
}

Json layer_json(const ExchangedLayer& layer) {
    Json packed = Json::array(), programs, baked_in = Json::array();
    for (const auto& [codec, form] : layer.packed)
        packed.push_back({{"codec", codec}, {"digest", form.digest.text()}, {"bytes", form.bytes}});
    if (layer.programs) {
        programs = Json::array();
        for (const ProgramFound& each : *layer.programs)
            programs.push_back({{"architecture", each.architecture}, {"path", write_bytes(each.path)}});
    }
    for (const BakedIn& each : layer.baked_in) baked_in.push_back({{"kind", each.kind}, {"path", write_bytes(each.path)}});
    return {{"layer", layer.diff_id.text()},
            {"packed", std::move(packed)},
            {"programs", std::move(programs)},
            {"baked_in", std::move(baked_in)}};
}

class ExchangeReader {
public:
    ExchangeDocument read(const Json& json);
    const std::string& fault() const { return fault_; }

private:
    ExchangedResult result(Members& members);
    InstructionId instruction(Members& members);
    ExchangedLayer layer(Members& members);
    ExchangedMount mount(Members& members);

    std::string fault_;
};

InstructionId ExchangeReader::instruction(Members& members) {
    InstructionId id{members.text("target"),
                     members.text("stage"),
                     {},
                     members.text("kind"),
                     static_cast<std::uint32_t>(members.number("ordinal", kMostOrdinal))};
    auto platform = parse_platform(members.text("platform"), {});
    if (platform) id.platform = *std::move(platform);
    else members.fail("platform", "is no platform");
    return id;
}

ExchangedResult ExchangeReader::result(Members& members) {
    ExchangedResult each;
    each.key = members.digest("key");
    each.kind = members.word("kind", kKeyKinds);
    each.result.diff_id = members.digest("layer");
    each.result.bytes = members.number("bytes", kMostBytes);
    each.result.seconds = members.real("seconds", kMostSeconds);
    each.result.emulator = members.text("emulator");
    members.each_object("left_out", [&](Members& file) { each.result.left_out.push_back({file.text("path"), file.text("what")}); });
    each.why.origin = members.text("origin");
    members.each_object("fields", [&](Members& field) { each.why.fields.push_back({field.text("tag"), field.text("value")}); });
    members.each_object("instructions", [&](Members& id) { each.instructions.push_back(instruction(id)); });
    return each;
}

ExchangedLayer ExchangeReader::layer(Members& members) {
    ExchangedLayer layer;
    layer.diff_id = members.digest("layer");
    members.each_object("packed", [&](Members& form) {
        layer.packed.push_back({form.text("codec"), {form.digest("digest"), form.number("bytes", kMostBytes)}});
    });
    if (!members.is_null("programs")) {
        layer.programs.emplace();
        members.each_object("programs", [&](Members& each) { layer.programs->push_back({each.text("architecture"), each.text("path")}); });
    }
    members.each_object("baked_in", [&](Members& each) { layer.baked_in.push_back({each.text("kind"), each.text("path")}); });
    return layer;
}

ExchangedMount ExchangeReader::mount(Members& members) {
    ExchangedMount mount{members.digest("key"), members.text("about"), members.digest("tar"), members.digest("times"), {}};
    if (!members.is_null("seen")) mount.seen = members.digest("seen");
    return mount;
}

ExchangeDocument ExchangeReader::read(const Json& json) {
    ExchangeDocument document;
    Members members(json, "", fault_);
    if (members.text("schema") != kExchangeSchema) members.fail("schema", format("is not {}", kExchangeSchema));
    members.each_object("results", [&](Members& each) { document.results.push_back(result(each)); });
    members.each_object("layers", [&](Members& each) { document.layers.push_back(layer(each)); });
    members.each_object("mounts", [&](Members& each) { document.mounts.push_back(mount(each)); });
    members.each_object("remote", [&](Members& each) {
        const std::string address = each.text("address");
        document.remote.emplace_back(address, RemoteAnswer{each.text("value"), each.text("etag"), each.text("modified")});
    });
    members.no_others();
    return document;
}

}  // namespace

std::string write_exchange(const ExchangeDocument& document) {
    Json results = Json::array(), layers = Json::array(), mounts = Json::array(), remote = Json::array();
    for (const ExchangedResult& each : document.results) results.push_back(result_json(each));
    for (const ExchangedLayer& each : document.layers) layers.push_back(layer_json(each));
    for (const ExchangedMount& each : document.mounts)
        mounts.push_back({{"key", each.key.text()},
                          {"about", write_bytes(each.about)},
                          {"tar", each.tar.text()},
                          {"times", each.times.text()},
                          {"seen", each.seen.empty() ? Json() : Json(each.seen.text())}});
    for (const auto& [address, answer] : document.remote)
        remote.push_back({{"address", write_bytes(address)},
                          {"value", write_bytes(answer.value)},
                          {"etag", write_bytes(answer.etag)},
                          {"modified", write_bytes(answer.modified)}});
    return dump_json_pretty(Json{{"schema", kExchangeSchema},
                                 {"results", std::move(results)},
                                 {"layers", std::move(layers)},
                                 {"mounts", std::move(mounts)},
                                 {"remote", std::move(remote)}});
}

Result<ExchangeDocument> read_exchange(std::string_view text, std::string_view name) {
    MABPLAN_TRY(json, parse_json(text, name, ErrorKind::Input, kExchangeLimits));
    ExchangeReader reader;
    ExchangeDocument document = reader.read(json);
    if (reader.fault().empty()) return document;
    return fail(ErrorKind::Input, format("{}: {}", name, reader.fault()), "it is made by `mabplan cache export`");
}

}  // namespace mabplan::runtime
