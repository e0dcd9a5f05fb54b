#include "plans/codec/plan_writer.h"

#include "plans/base/json.h"
#include "plans/codec/names.h"

namespace mabplan {

namespace {

using codec::name_of;

Json optional_id(const std::optional<ActionId>& id) { return id ? Json(id->index) : Json(nullptr); }

Json to_json(const BaseLayer& layer) {
    return {{"media_type", layer.blob.media_type}, {"digest", layer.blob.digest.text()}, {"size", layer.blob.size}, {"diff_id", layer.diff_id.text()}};
}

Json to_json(const ImageLocation& location) {
    Json out{{"kind", name_of(codec::kLocationNames, location.kind)}, {"address", location.address}, {"manifest", location.manifest.text()}};
    if (!location.index.empty()) out["index"] = location.index.text();
    return out;
}

Json to_json(const ImageAction& image) {
    Json layers = Json::array();
    for (const BaseLayer& layer : image.layers) layers.push_back(to_json(layer));
    return {{"name", image.name}, {"platform", format_platform(image.platform)}, {"location", to_json(image.location)}, {"layers", layers}};
}

Json to_json(const RunAction& run) {
    return {{"root", optional_id(run.root)},
            {"argv", run.argv},
            {"env", run.env},
            {"cwd", run.cwd},
            {"user", run.user},
            {"platform", format_platform(run.platform)},
            {"network", name_of(codec::kNetworkNames, run.network)},
            {"runner", name_of(codec::kRunnerNames, run.runner)}};
}

Json to_json(const CopyAction& copy) {
    Json out{{"root", optional_id(copy.root)}, {"sources", copy.sources}, {"destination", copy.destination}, {"chown", copy.chown}};
    out["chmod"] = copy.chmod ? Json(*copy.chmod) : Json(nullptr);
    if (const auto* files = std::get_if<ContextFiles>(&copy.from))
        out["from_context"] = {{"context", files->context.index}, {"tree", files->tree.text()}};
    else out["from_root"] = optional_id(std::get<RootFiles>(copy.from).root);
    return out;
}

Json to_json(const MakeDirectoryAction& made) { return {{"root", optional_id(made.root)}, {"path", made.path}, {"owner", made.owner}}; }

Json to_json(const Origin& origin) {
    return {{"dockerfile", origin.dockerfile}, {"line", origin.line}, {"stage", origin.stage}, {"text", origin.text}};
}

Json to_json(const Action& action) {
    Json out = std::visit([](const auto& made) { return to_json(made); }, action.work);
    out["kind"] = kind_name(action.work);
    out["key"] = action.definition_key.text();
    out["origin"] = to_json(action.origin);
    return out;
}

Json to_json(const Cell& cell) {
    Json history = Json::array();
    for (const HistoryEntry& entry : cell.history) history.push_back({{"created_by", entry.created_by}, {"layer", optional_id(entry.layer)}});
    return {{"target", cell.target},
            {"platform", format_platform(cell.platform)},
            {"root", optional_id(cell.root)},
            {"config", Json::parse(cell.config)},
            {"history", history},
            {"root_platform", format_platform(cell.root_platform)},
            {"final_stage", cell.final_stage},
            {"final_from", to_json(cell.final_from)},
            {"optional", cell.optional}};
}

Json to_json(const Output& output) {
    return {{"type", name_of(codec::kOutputNames, output.type)},
            {"destination", output.destination},
            {"tar", output.as_tar},
            {"compression", name_of(codec::kCompressionNames, output.compression)}};
}

Json to_json(const Target& target) {
    Json cells = Json::array(), outputs = Json::array();
    for (const Cell& cell : target.cells) cells.push_back(to_json(cell));
    for (const Output& output : target.outputs) outputs.push_back(to_json(output));
    return {{"name", target.name}, {"cells", cells}, {"tags", target.tags}, {"annotations", target.annotations}, {"outputs", outputs}};
}

}  // namespace

std::string write_plan(const Plan& plan) {
    Json out{{"schema", kPlanSchema}, {"semantics", plan.semantics}, {"epoch", plan.epoch ? Json(*plan.epoch) : Json(nullptr)}};
    Json& registries = out["registries"] = Json::array();
    for (const RegistryHost& host : plan.registries)
        registries.push_back({{"host", host.host}, {"mirrors", host.mirrors}, {"plain_http", host.plain_http}, {"ca", host.ca}});
    Json& contexts = out["contexts"] = Json::array();
    for (const BuildContext& context : plan.contexts)
        contexts.push_back({{"name", context.name}, {"path", context.path}, {"ignore", context.ignore}});
    Json& actions = out["actions"] = Json::array();
    for (const Action& action : plan.actions) actions.push_back(to_json(action));
    Json& targets = out["targets"] = Json::array();
    for (const Target& target : plan.targets) targets.push_back(to_json(target));
    out["checksum"] = Digest::of(dump_json(out)).text();
    return dump_json_pretty(out);
}

}  // namespace mabplan
