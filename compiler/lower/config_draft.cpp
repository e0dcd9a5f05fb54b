#include "compiler/lower/config_draft.h"

#include "plans/base/json.h"

namespace mabplan::compiler {

namespace {

Json read_base(const std::string& json) {
    Json document = json.empty() ? Json::object() : Json::parse(json, nullptr, false);
    return document.is_object() ? document : Json::object();
}

std::set<std::string> names_of(const Json& config, const char* key) {
    std::set<std::string> names;
    if (const Json* found = find_member(config, key); found != nullptr && found->is_object())
        for (const auto& [name, ignored] : found->items()) names.insert(name);
    return names;
}

std::map<std::string, std::string> texts_of(const Json& config, const char* key) {
    std::map<std::string, std::string> texts;
    if (const Json* found = find_member(config, key); found != nullptr && found->is_object())
        for (const auto& [name, text] : found->items())
            if (text.is_string()) texts.emplace(name, text.get<std::string>());
    return texts;
}

std::optional<std::vector<std::string>> list_of(const Json& config, const char* key) {
    const Json* found = find_member(config, key);
    std::vector<std::string> out;
    if (found != nullptr && found->is_string()) out.push_back(found->get<std::string>());  // as Docker's type for commands takes it
    if (!out.empty()) return out;
    if (found == nullptr || !found->is_array()) return std::nullopt;
    for (const Json& element : *found)
        if (element.is_string()) out.push_back(element.get<std::string>());
    return out;
}

template <class Value>
void put(Json& config, const char* key, const Value& value, bool present) {
    if (present) config[key] = value;
    else config.erase(key);
}

Json as_object(const std::set<std::string>& names) {
    Json out = Json::object();
    for (const std::string& name : names) out[name] = Json::object();
    return out;
}

}  // namespace

ConfigDraft::ConfigDraft(const ImageConfig& base)
    : user(base.user), working_dir(base.working_dir), shell(base.shell), base_json_(base.json) {
    const Json document = read_base(base_json_);
    const Json* found = find_member(document, "config");
    const Json config = found != nullptr && found->is_object() ? *found : Json::object();
    environment = EnvironmentList::verbatim(base.env);
    entrypoint = list_of(config, "Entrypoint");
    cmd = list_of(config, "Cmd");
    stop_signal = find_string(config, "StopSignal").value_or("");
    author = find_string(document, "author").value_or("");
    if (const Json* health = find_member(config, "Healthcheck"); health != nullptr && health->is_object()) healthcheck = dump_json(*health);
    labels = texts_of(config, "Labels");
    exposed_ports = names_of(config, "ExposedPorts");
    volumes = names_of(config, "Volumes");
}

std::string ConfigDraft::render(const Platform& platform) const {
    Json document = read_base(base_json_);
    const Json* found = find_member(document, "config");
    Json config = found != nullptr && found->is_object() ? *found : Json::object();
    put(config, "Env", environment.entries(), !environment.empty());
    put(config, "User", user, !user.empty());
    put(config, "WorkingDir", working_dir, !working_dir.empty());
    put(config, "Entrypoint", entrypoint.value_or(std::vector<std::string>{}), entrypoint && !entrypoint->empty());
    put(config, "Cmd", cmd.value_or(std::vector<std::string>{}), cmd && !cmd->empty());
    put(config, "Shell", shell, !shell.empty());
    put(config, "StopSignal", stop_signal, !stop_signal.empty());
    put(config, "Labels", labels, !labels.empty());
    put(config, "ExposedPorts", as_object(exposed_ports), !exposed_ports.empty());
    put(config, "Volumes", as_object(volumes), !volumes.empty());
    put(config, "OnBuild", on_build, !on_build.empty());
    put(config, "Healthcheck", healthcheck ? Json::parse(*healthcheck, nullptr, false) : Json(), healthcheck.has_value());
    document["config"] = std::move(config);
    document["os"] = platform.os;
    document["architecture"] = platform.architecture;
    put(document, "variant", platform.variant, !platform.variant.empty());
    put(document, "author", author, !author.empty());
    for (const char* key : {"os.version", "os.features"})
        if (platform.os != "windows") document.erase(key);
    return dump_json(document);
}

}  // namespace mabplan::compiler
