#include "tests/conformance/sets.h"

#include "compiler/dockerfile/ports.h"

namespace mabplan::conformance {

Outcome check_expose_ports(const Json& one) {
    if (text_of(one, "kind") != "ports") return skipped("unknown kind");
    Json ports = Json::array();
    for (const Json& spec : one.at("specs")) {
        const auto parsed = compiler::parse_ports(spec.get<std::string>());
        if (!parsed) return compare_error(one, parsed.error().message);
        for (const std::string& port : parsed->ports) ports.push_back(port);
    }
    if (wants_error(one)) return missing_error(ports);
    return compare(one.at("ports"), ports);
}

}  // namespace mabplan::conformance
