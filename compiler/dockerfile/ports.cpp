#include "compiler/dockerfile/ports.h"

#include "compiler/dockerfile/ip_address.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

#include <optional>

namespace mabplan::compiler {

namespace {

struct PortParts {
    std::string address;
    std::string_view host;
    std::string_view container;  // with the protocol
};

// The last two colons separate; what is before them is an address, which may hold more.
PortParts cut_parts(std::string_view spec) {
    const std::size_t last = spec.rfind(':');
    if (last == std::string_view::npos) return {{}, {}, spec};
    const std::string_view before = spec.substr(0, last);
    const std::size_t middle = before.rfind(':');
    const std::string_view container = spec.substr(last + 1);
    if (middle == std::string_view::npos) return {{}, before, container};
    return {std::string(before.substr(0, middle)), before.substr(middle + 1), container};
}

struct PortRange {
    unsigned first = 0;
    unsigned last = 0;
};

std::optional<PortRange> parse_range(std::string_view text) {
    const std::size_t dash = text.find('-');
    const auto first = parse_unsigned(text.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_unsigned(text.substr(dash + 1));
    if (!first || !last || *last > 65535 || *first > *last) return std::nullopt;
    return PortRange{static_cast<unsigned>(*first), static_cast<unsigned>(*last)};
}

Status check_address(std::string address) {
    if (address.empty()) return {};
    if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    if (!is_ip_address(address)) return input_error(format("invalid IP address: {}", address));
    return {};
}

Status check_host_range(std::string_view host, std::string_view container, PortRange range) {
    if (host.empty()) return {};
    const auto host_range = parse_range(host);
    if (!host_range) return input_error(format("invalid hostPort: {}", host));
    const bool same = host_range->last - host_range->first == range.last - range.first;
    if (!same && range.first != range.last)
        return input_error(format("invalid ranges specified for container and host Ports: {} and {}", container, host));
    return {};
}

}  // namespace

Result<ExposedPorts> parse_ports(std::string_view spec) {
    const PortParts parts = cut_parts(spec);
    const std::size_t slash = parts.container.find('/');
    const std::string_view container = parts.container.substr(0, slash);
    const std::string_view protocol = slash == std::string_view::npos ? std::string_view{} : parts.container.substr(slash + 1);
    const std::string known = protocol.empty() ? "tcp" : to_lower(protocol);
    if (container.empty()) return input_error(format("invalid port: {}: no port specified", quoted(spec)));
    if (known != "tcp" && known != "udp" && known != "sctp")
        return input_error(format("invalid port: {}: invalid proto: {}", quoted(spec), protocol));
    MABPLAN_CHECK(check_address(parts.address));
    const auto range = parse_range(container);
    if (!range) return input_error(format("invalid containerPort: {}", container));
    MABPLAN_CHECK(check_host_range(parts.host, container, *range));

    ExposedPorts exposed;
    exposed.protocol_in_capitals = !protocol.empty() && protocol != known;
    exposed.has_host_part = !parts.address.empty() || !parts.host.empty();
    for (unsigned port = range->first; port <= range->last; ++port) exposed.ports.push_back(format("{}/{}", port, known));
    return exposed;
}

}  // namespace mabplan::compiler
