#include "plans/codec/plan_reader.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/codec/action_reader.h"
#include "plans/codec/command_fields.h"
#include "plans/codec/members.h"
#include "plans/codec/output_codec.h"
#include "plans/codec/plan_writer.h"

namespace mabplan {

namespace {

using codec::Members;

// Reads one document; the first fault found stays in fault_.
class PlanReader {
public:
    Plan read(const Json& document);
    const std::string& fault() const { return fault_; }

private:
    Cell cell(const Json& json, const std::string& path);
    Target target(const Json& json, const std::string& path);

    Plan plan_;
    std::string fault_;
    codec::ActionReader actions_{plan_, fault_};
};

Cell PlanReader::cell(const Json& json, const std::string& path) {
    Members members(json, path, fault_);
    Cell cell;
    cell.target = members.text("target");
    cell.platform = codec::read_platform(members, "platform");
    cell.root = actions_.id(members, "root");
    cell.config = dump_json(members.object("config"));
    members.each_object("history", [&](Members& fields) {
        cell.history.push_back({fields.text("created_by"), actions_.id(fields, "layer"), fields.signed_or_null("created")});
    });
    cell.annotations = members.text_map("annotations");
    cell.descriptor_annotations = members.text_map("descriptor_annotations");
    cell.root_platform = codec::read_platform(members, "root_platform");
    cell.final_stage = members.text("final_stage");
    cell.final_from = actions_.origin(members.object("final_from"), path + ".final_from");
    cell.optional = members.flag("optional");
    cell.created = members.signed_or_null("created");
    members.no_others();
    return cell;
}

Target PlanReader::target(const Json& json, const std::string& path) {
    Members members(json, path, fault_);
    Target target;
    target.name = members.text("name");
    members.each("cells", [&](const Json& value, const std::string& at) { target.cells.push_back(cell(value, at)); });
    target.tags = members.texts("tags");
    target.annotations = members.text_map("annotations");
    target.descriptor_annotations = members.text_map("descriptor_annotations");
    members.each_object("outputs", [&](Members& fields) { target.outputs.push_back(codec::read_output(fields)); });
    members.no_others();
    return target;
}

Plan PlanReader::read(const Json& document) {
    Members members(document, "plan", fault_);
    members.text("schema");
    members.digest("checksum");
    plan_.semantics = static_cast<std::uint32_t>(members.number("semantics", codec::kMostIndex));
    members.each_object("registries", [&](Members& host) {
        plan_.registries.push_back({host.text("host"), host.texts("mirrors"), host.flag("plain_http"), host.texts("ca"),
                                    host.flag("insecure"), host.text("certificate"), host.text("key")});
    });
    members.each_object("contexts", [&](Members& context) {
        plan_.contexts.push_back({context.text("name"), context.text("path"), context.texts("ignore")});
    });
    members.each_object("secrets", [&](Members& secret) {
        SecretSource& source = plan_.secrets.emplace_back(SecretSource{secret.text("id"), {}, {}});
        if (secret.has("environment")) source.environment = secret.text("environment");
        else source.file = secret.text("file");
    });
    members.each_object("agents", [&](Members& agent) { plan_.agents.push_back({agent.text("id"), agent.texts("paths")}); });
    members.each("actions", [&](const Json& json, const std::string& at) { plan_.actions.push_back(actions_.read(json, at)); });
    members.each("targets", [&](const Json& json, const std::string& at) { plan_.targets.push_back(target(json, at)); });
    members.no_others();
    return std::move(plan_);
}

Status check_checksum(Json document, std::string_view name) {
    const auto stated = find_string(document, "checksum");
    document.erase("checksum");
    if (stated == Digest::of(dump_json(document)).text()) return {};
    Error error{ErrorKind::Input,
                format("{} was changed after it was compiled: its checksum does not belong to its content", name),
                {},
                {},
                {},
                {}};
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
        return fail(ErrorKind::Input, format("{} was compiled by a mabplan that understands keys differently", name),
                    "run `mabplan compile` again");
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
