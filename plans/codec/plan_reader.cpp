#include "plans/codec/plan_reader.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/codec/members.h"
#include "plans/codec/names.h"
#include "plans/codec/plan_writer.h"
#include "plans/model/action_key.h"

#include <limits>

namespace mabplan {

namespace {

using codec::Members;

constexpr std::uint64_t kMostIndex = std::numeric_limits<std::uint32_t>::max();

// Reads one document; the first fault found stays in fault_.
class PlanReader {
public:
    Plan read(const Json& document);
    const std::string& fault() const { return fault_; }

private:
    Platform platform(Members& members, const char* key);
    std::optional<ActionId> id(Members& members, const char* key);
    BaseLayer base_layer(const Json& json, const std::string& path);
    ImageLocation location(const Json& json, const std::string& path);
    Work work(Members& members, const std::string& path);
    ImageAction image(Members& members, const std::string& path);
    RunAction run(Members& members);
    CopyAction copy(Members& members, const std::string& path);
    Origin origin(const Json& json, const std::string& path);
    Action action(const Json& json, const std::string& path);
    Cell cell(const Json& json, const std::string& path);
    Output output(const Json& json, const std::string& path);
    Target target(const Json& json, const std::string& path);

    Plan plan_;
    std::string fault_;
};

Platform PlanReader::platform(Members& members, const char* key) {
    const auto parsed = parse_platform(members.text(key), Platform{"linux", "amd64", {}, {}, {}});
    if (parsed) return *parsed;
    members.fail(key, "is not a platform");
    return {};
}

// Inputs stand before what uses them: a larger index is a fault.
std::optional<ActionId> PlanReader::id(Members& members, const char* key) {
    const auto index = members.number_or_null(key, kMostIndex);
    if (!index) return std::nullopt;
    if (*index < plan_.actions.size()) return ActionId{*index};
    members.fail(key, format("names the action {}, which does not stand before it", *index));
    return std::nullopt;
}

BaseLayer PlanReader::base_layer(const Json& json, const std::string& path) {
    Members members(json, path, fault_);
    BaseLayer layer;
    layer.blob.media_type = members.text("media_type");
    layer.blob.digest = members.digest("digest");
    layer.blob.size = members.number("size", std::numeric_limits<std::int64_t>::max());
    layer.diff_id = members.digest("diff_id");
    members.no_others();
    return layer;
}

ImageLocation PlanReader::location(const Json& json, const std::string& path) {
    Members members(json, path, fault_);
    ImageLocation location;
    location.kind = members.word("kind", codec::kLocationNames);
    location.address = members.text("address");
    location.manifest = members.digest("manifest");
    if (members.has("index")) location.index = members.digest("index");
    members.no_others();
    return location;
}

ImageAction PlanReader::image(Members& members, const std::string& path) {
    ImageAction image;
    image.name = members.text("name");
    image.platform = platform(members, "platform");
    image.location = location(members.object("location"), path + ".location");
    members.each("layers", [&](const Json& json, const std::string& at) { image.layers.push_back(base_layer(json, at)); });
    return image;
}

RunAction PlanReader::run(Members& members) {
    RunAction run;
    run.root = id(members, "root");
    run.argv = members.texts("argv");
    run.env = members.texts("env");
    run.cwd = members.text("cwd");
    run.user = members.text("user");
    run.platform = platform(members, "platform");
    run.network = members.word("network", codec::kNetworkNames);
    run.runner = members.word("runner", codec::kRunnerNames);
    if (run.argv.empty()) members.fail("argv", "is empty");
    return run;
}

CopyAction PlanReader::copy(Members& members, const std::string& path) {
    CopyAction copy;
    copy.root = id(members, "root");
    if (members.has("from_context")) {
        Members files(members.object("from_context"), path + ".from_context", fault_);
        const auto context = files.number("context", kMostIndex);
        if (context >= plan_.contexts.size()) files.fail("context", "names a context that does not exist");
        copy.from = ContextFiles{{static_cast<std::uint32_t>(context)}, files.digest("tree")};
        files.no_others();
    } else {
        copy.from = RootFiles{id(members, "from_root")};
    }
    copy.sources = members.texts("sources");
    copy.destination = members.text("destination");
    copy.chown = members.text("chown");
    copy.chmod = members.number_or_null("chmod", 07777);
    return copy;
}

Work PlanReader::work(Members& members, const std::string& path) {
    const std::string kind = members.text("kind");
    if (kind == "image") return image(members, path);
    if (kind == "run") return run(members);
    if (kind == "copy") return copy(members, path);
    if (kind != "make-directory") members.fail("kind", format("is {}: expected image, run, copy or make-directory", quoted(kind)));
    MakeDirectoryAction made;
    made.root = id(members, "root");
    made.path = members.text("path");
    made.owner = members.text("owner");
    return made;
}

Origin PlanReader::origin(const Json& json, const std::string& path) {
    Members members(json, path, fault_);
    Origin origin;
    origin.dockerfile = members.text("dockerfile");
    origin.line = static_cast<std::uint32_t>(members.number("line", kMostIndex));
    origin.stage = members.text("stage");
    origin.text = members.text("text");
    members.no_others();
    return origin;
}

Action PlanReader::action(const Json& json, const std::string& path) {
    Members members(json, path, fault_);
    Action action;
    action.work = work(members, path);
    action.definition_key = members.digest("key");
    action.origin = origin(members.object("origin"), path + ".origin");
    members.no_others();
    if (fault_.empty() && definition_key(plan_, action.work) != action.definition_key)
        members.fail("key", "does not belong to the fields beside it");
    return action;
}

Cell PlanReader::cell(const Json& json, const std::string& path) {
    Members members(json, path, fault_);
    Cell cell;
    cell.target = members.text("target");
    cell.platform = platform(members, "platform");
    cell.root = id(members, "root");
    cell.config = dump_json(members.object("config"));
    members.each("history", [&](const Json& entry, const std::string& at) {
        Members fields(entry, at, fault_);
        cell.history.push_back({fields.text("created_by"), id(fields, "layer")});
        fields.no_others();
    });
    cell.root_platform = platform(members, "root_platform");
    cell.final_stage = members.text("final_stage");
    cell.final_from = origin(members.object("final_from"), path + ".final_from");
    cell.optional = members.flag("optional");
    members.no_others();
    return cell;
}

Output PlanReader::output(const Json& json, const std::string& path) {
    Members members(json, path, fault_);
    Output output;
    output.type = members.word("type", codec::kOutputNames);
    output.destination = members.text("destination");
    output.as_tar = members.flag("tar");
    output.compression = members.word("compression", codec::kCompressionNames);
    members.no_others();
    return output;
}

Target PlanReader::target(const Json& json, const std::string& path) {
    Members members(json, path, fault_);
    Target target;
    target.name = members.text("name");
    members.each("cells", [&](const Json& value, const std::string& at) { target.cells.push_back(cell(value, at)); });
    target.tags = members.texts("tags");
    target.annotations = members.text_map("annotations");
    members.each("outputs", [&](const Json& value, const std::string& at) { target.outputs.push_back(output(value, at)); });
    members.no_others();
    return target;
}

Plan PlanReader::read(const Json& document) {
    Members members(document, "plan", fault_);
    members.text("schema");
    members.digest("checksum");
    plan_.semantics = static_cast<std::uint32_t>(members.number("semantics", kMostIndex));
    plan_.epoch = members.signed_or_null("epoch");
    members.each("registries", [&](const Json& json, const std::string& at) {
        Members host(json, at, fault_);
        plan_.registries.push_back({host.text("host"), host.texts("mirrors"), host.flag("plain_http"), host.texts("ca")});
        host.no_others();
    });
    members.each("contexts", [&](const Json& json, const std::string& at) {
        Members context(json, at, fault_);
        plan_.contexts.push_back({context.text("name"), context.text("path"), context.texts("ignore")});
        context.no_others();
    });
    members.each("actions", [&](const Json& json, const std::string& at) { plan_.actions.push_back(action(json, at)); });
    members.each("targets", [&](const Json& json, const std::string& at) { plan_.targets.push_back(target(json, at)); });
    members.no_others();
    return std::move(plan_);
}

Status check_checksum(Json document, std::string_view name) {
    const auto stated = find_string(document, "checksum");
    document.erase("checksum");
    if (stated == Digest::of(dump_json(document)).text()) return {};
    Error error{ErrorKind::Input, format("{} was changed after it was compiled: its checksum does not belong to its content", name), {}, {}, {}, {}};
    error.hint = "change the Dockerfile or mabplan.yaml instead, and run `mabplan compile` again";
    return fail(std::move(error));
}

}  // namespace

Result<Plan> read_plan(std::string_view text, std::string_view name) {
    constexpr JsonLimits kLimits{.max_bytes = 1U << 30U, .max_depth = 64};
    MABPLAN_TRY(document, parse_json(text, name, ErrorKind::Input, kLimits));
    const auto schema = find_string(document, "schema");
    if (!schema) return input_error(format("{} is not a plan: it has no \"schema\"", name));
    if (*schema != kPlanSchema)
        return input_error(format("{} is a plan of the form {}: this mabplan reads {}", name, quoted(*schema), kPlanSchema));
    if (find_integer(document, "semantics").value_or(-1) != kSemanticsVersion)
        return fail(Error{ErrorKind::Input, format("{} was compiled by a mabplan that understands keys differently", name), {}, {}, "run `mabplan compile` again", {}});
    PlanReader reader;
    Plan plan = reader.read(document);
    MABPLAN_CHECK(check_checksum(std::move(document), name).map_error([&](Error error) {
        if (!reader.fault().empty()) error.detail = "  " + reader.fault();
        return error;
    }));
    if (!reader.fault().empty()) return input_error(format("{}: {}", name, reader.fault()));
    return plan;
}

}  // namespace mabplan
