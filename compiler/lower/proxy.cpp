#include "compiler/lower/proxy.h"

#include "plans/base/text.h"

namespace mabplan::compiler {

namespace {

constexpr std::string_view kSuffix = "_proxy";

}  // namespace

ProxySettings read_proxy_settings(const BuildArguments& given) {
    ProxySettings settings;
    for (const auto& [name, value] : given) {  // sorted by bytes: small letters come last
        if (!is_proxy_argument(name)) continue;
        const std::string lower = to_lower(name);
        settings[lower.substr(0, lower.size() - kSuffix.size())] = value;
    }
    return settings;
}

std::vector<std::string> proxy_variables(const ProxySettings& settings) {
    std::vector<std::string> variables;
    for (const auto& [setting, value] : settings) {
        const std::string name = setting + std::string(kSuffix);
        variables.push_back(to_upper(name) + "=" + value);
        variables.push_back(name + "=" + value);
    }
    return variables;
}

}  // namespace mabplan::compiler
