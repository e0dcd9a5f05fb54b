#include "tools/mabplan/grants.h"

#include "compiler/matrix/units.h"
#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"
#include "runtime/layer/tar_reader.h"
#include "tools/mabplan/flag_matrix.h"
#include "tools/mabplan/process.h"

namespace mabplan::tools {

namespace {

const std::vector<std::string> kSecretFields{"id", "type", "src", "source", "env"};

Failure wrong(std::string_view flag, const std::string& text, std::string_view what, std::string hint = {}) {
    return fail(ErrorKind::Input, format("{} {}: {}", flag, quoted(text), what), std::move(hint));
}

// "id=ID,src=FILE", as buildx reads it: type says which of the two a lone src is; with neither the id names a variable or a file.
Result<SecretSource> parse_secret(const std::string& text) {
    std::string id, type, source, variable;
    for (const std::string_view field : split(text, ',')) {
        const std::size_t equals = field.find('=');
        if (equals == std::string_view::npos) return wrong("--secret", text, "expected id=ID,src=FILE or id=ID,env=VARIABLE");
        const std::string name = to_lower(field.substr(0, equals));
        const std::string value(field.substr(equals + 1));
        const bool says_where = name == "src" || name == "source" || name == "env";
        if (says_where && value.empty())
            return wrong("--secret", text, format("{} is empty", name), "without it the id names the file or the variable");
        if (name == "id") id = value;
        else if (name == "type") type = value;
        else if (name == "src" || name == "source") source = value;
        else if (name == "env") variable = value;
        else return wrong("--secret", text, format("there is no field {}", quoted(name)), suggestion(name, kSecretFields));
    }
    if (id.empty()) return wrong("--secret", text, "it has no id");
    if (!type.empty() && type != "file" && type != "env")
        return wrong("--secret", text, format("there is no type {}", quoted(type)), "known are file and env");
    if (type == "env" && variable.empty()) variable = std::exchange(source, {});
    if (variable.empty() && source.empty()) (type != "file" && ProcessEnvironment().get(id).has_value() ? variable : source) = id;
    if (!variable.empty()) return SecretSource{id, {}, variable};
    return SecretSource{id, absolute_path(source), {}};
}

Result<AgentSource> parse_agent(const std::string& text) {
    const std::size_t equals = text.find('=');
    AgentSource agent{text.substr(0, equals), {}};
    if (agent.id.empty()) return wrong("--ssh", text, "it has no id", "--ssh default");
    if (equals == std::string::npos) return agent;
    for (const std::string_view path : split(std::string_view(text).substr(equals + 1), ','))
        agent.paths.push_back(absolute_path(std::string(path)));
    return agent;
}

}  // namespace

Result<Grants> parse_grants(const GrantOptions& options) {
    Grants grants;
    for (const std::string& text : options.secrets) {
        MABPLAN_TRY(secret, parse_secret(text));
        grants.secrets.push_back(std::move(secret));
    }
    for (const std::string& text : options.agents) {
        MABPLAN_TRY(agent, parse_agent(text));
        grants.agents.push_back(std::move(agent));
    }
    for (const std::string& text : options.allowed) {
        if (text == "security.insecure") grants.insecure = true;
        else if (text == "device" || text.starts_with("device="))
            grants.devices.push_back(text.size() > 7 ? text.substr(7) : std::string());
        else if (text != "network.host")
            return wrong("--allow", text, "there is nothing of this name to allow", "known are security.insecure, device and network.host");
    }
    grants.max_layer_bytes = runtime::TarLimits{}.max_bytes;
    if (options.max_layer_size.empty()) return grants;
    const auto bytes = compiler::parse_size(options.max_layer_size, compiler::SizeUnits::Decimal);
    if (!bytes || *bytes == 0) return wrong("--max-layer-size", options.max_layer_size, "expected a size", "for example 20GB or 512MiB");
    grants.max_layer_bytes = *bytes;
    return grants;
}

}  // namespace mabplan::tools
