#include "tests/conformance/sets.h"

#include "runtime/sandbox/resolv_conf.h"

namespace mabplan::conformance {

namespace {

using namespace mabplan::runtime;

DnsSettings settings_of(const Json& one) {
    const Json given = member_of(one, "override");
    const auto list = [&](const char* key) -> std::optional<std::vector<std::string>> {
        if (!given.is_object() || !given.contains(key)) return std::nullopt;
        return given.at(key).get<std::vector<std::string>>();
    };
    return {list("nameservers"), list("search"), list("options")};
}

Outcome check_option(const Json& one) {
    const auto value = ResolvConf::parse(text_of(one, "input"), "").option(text_of(one, "search"));
    return compare({{"found", one.at("found")}, {"value", text_of(one, "value")}},
                   {{"found", value.has_value()}, {"value", value.value_or("")}});
}

Outcome check_text(const Json& one) {
    ResolvConf conf = ResolvConf::parse(text_of(one, "input"), text_of(one, "source_path"));
    if (const Status replaced = conf.replace(settings_of(one)); !replaced) return compare_error(one, replaced.error().message);
    if (one.contains("add_option")) conf.add_option(text_of(one, "add_option"));
    conf.set_header(text_of(one, "header"));
    if (text_of(one, "kind") == "loopback-filter") conf.keep_reachable(one.value("ipv6", false) ? Ipv6::On : Ipv6::Off);
    return compare(one.at("output"), conf.text(Comments::Shown));
}

// Each step's file is made anew from the host's: there is no state that an earlier one could leave.
Outcome check_container(const Json& one) {
    Json steps = Json::array();
    for (Json step : one.at("steps")) {
        const SandboxNetwork network = text_of(step, "network") == "host" ? SandboxNetwork::Host : SandboxNetwork::None;
        step["output"] = resolv_conf_for(text_of(one, "host_file"), network)->text();
        steps.push_back(std::move(step));
    }
    return compare(one.at("steps"), steps);
}

}  // namespace

Outcome check_resolv_conf(const Json& one) {
    const std::string kind = text_of(one, "kind");
    if (kind == "option") return check_option(one);
    if (kind == "modify" || kind == "loopback-filter") return check_text(one);
    if (kind == "container") return check_container(one);
    if (kind == "internal-resolver" || kind == "ndots")
        return skipped("mabplan has no resolver of its own: steps use the servers of the file");
    return skipped("unknown kind " + kind);
}

}  // namespace mabplan::conformance
