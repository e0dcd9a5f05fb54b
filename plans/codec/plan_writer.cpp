#include "plans/codec/plan_writer.h"

#include "plans/base/json.h"
#include "plans/codec/action_writer.h"
#include "plans/codec/command_fields.h"
#include "plans/codec/output_codec.h"

namespace mabplan {

namespace {

using codec::write_optional_id;

Json write_time(const std::optional<std::int64_t>& seconds) { return seconds ? Json(*seconds) : Json(nullptr); }

Json to_json(const Cell& cell) {
    Json history = Json::array();
    for (const HistoryEntry& entry : cell.history)
        history.push_back(
            {{"created_by", entry.created_by}, {"layer", write_optional_id(entry.layer)}, {"created", write_time(entry.created)}});
    return {{"target", cell.target},
            {"platform", format_platform(cell.platform)},
            {"root", write_optional_id(cell.root)},
            {"config", Json::parse(cell.config)},
            {"history", history},
            {"annotations", cell.annotations},
            {"descriptor_annotations", cell.descriptor_annotations},
            {"root_platform", format_platform(cell.root_platform)},
            {"final_stage", cell.final_stage},
            {"final_from", codec::write_origin(cell.final_from)},
            {"optional", cell.optional},
            {"created", write_time(cell.created)}};
}

Json to_json(const Target& target) {
    Json cells = Json::array(), outputs = Json::array();
    for (const Cell& cell : target.cells) cells.push_back(to_json(cell));
    for (const Output& output : target.outputs) outputs.push_back(codec::write_output(output));
    return {{"name", target.name},
            {"cells", cells},
            {"tags", target.tags},
            {"annotations", target.annotations},
            {"descriptor_annotations", target.descriptor_annotations},
            {"outputs", outputs}};
}

Json to_json(const SecretSource& secret) {
    Json out{{"id", codec::write_bytes(secret.id)}};
    if (secret.environment) out["environment"] = codec::write_bytes(*secret.environment);
    else out["file"] = codec::write_bytes(secret.file.value_or(std::string()));
    return out;
}

}  // namespace

std::string write_plan(const Plan& plan) {
    Json out{{"schema", kPlanSchema}, {"semantics", plan.semantics}};
    Json& registries = out["registries"] = Json::array();
    for (const RegistryHost& host : plan.registries)
        registries.push_back({{"host", host.host},
                              {"mirrors", host.mirrors},
                              {"plain_http", host.plain_http},
                              {"ca", codec::write_bytes(host.ca)},
                              {"insecure", host.insecure},
                              {"certificate", codec::write_bytes(host.certificate)},
                              {"key", codec::write_bytes(host.key)}});
    Json& contexts = out["contexts"] = Json::array();
    for (const BuildContext& context : plan.contexts)
        contexts.push_back({{"name", codec::write_bytes(context.name)},
                            {"path", codec::write_bytes(context.path)},
                            {"ignore", codec::write_bytes(context.ignore)}});
    Json& secrets = out["secrets"] = Json::array();
    for (const SecretSource& secret : plan.secrets) secrets.push_back(to_json(secret));
    Json& agents = out["agents"] = Json::array();
    for (const AgentSource& agent : plan.agents)
        agents.push_back({{"id", codec::write_bytes(agent.id)}, {"paths", codec::write_bytes(agent.paths)}});
    Json& actions = out["actions"] = Json::array();
    for (const Action& action : plan.actions) actions.push_back(codec::write_action(action));
    Json& targets = out["targets"] = Json::array();
    for (const Target& target : plan.targets) targets.push_back(to_json(target));
    out["checksum"] = Digest::of(dump_json(out)).text();
    return dump_json_pretty(out);
}

}  // namespace mabplan
