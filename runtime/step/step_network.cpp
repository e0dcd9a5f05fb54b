#include "runtime/step/step_network.h"

#include "plans/base/text.h"
#include "plans/model/host_gateway.h"

#include <algorithm>

namespace mabplan::runtime {

namespace {

constexpr const char* kLoopback = "127.0.0.1";

Ipv6 ipv6_of(const OutwardSettings& settings) { return settings.has_ipv6 ? Ipv6::On : Ipv6::Off; }

void write_hosts(SandboxSpec& spec, const std::vector<ExtraHost>& hosts, const std::string& gateway) {
    for (const ExtraHost& host : hosts) spec.extra_hosts.push_back({host.name, host.address == kHostGateway ? gateway : host.address});
}

Result<std::optional<StepNetworks::Lease>> lease_for(const SandboxSpec& spec, const NetworkOrder& order, StepNetworks& networks) {
    if (order.network != Network::Default) return std::optional<StepNetworks::Lease>{};
    const bool asks_for_host =
        std::any_of(order.extra_hosts.begin(), order.extra_hosts.end(), [](const auto& host) { return host.address == kHostGateway; });
    return networks.take(asks_for_host ? HostGateway::Open : HostGateway::Closed,
                         spec.privilege == Privilege::Privileged ? StepNetworks::Afterwards::End : StepNetworks::Afterwards::Reuse);
}

}  // namespace

StepNetworks networks_for(std::vector<std::string> program_folders, std::string resolv_conf,
                          std::function<void(std::string_view)> on_refusal) {
    const auto settings = [resolv_conf = std::move(resolv_conf)] {
        OutwardSettings found = settings_for_this_host(ResolvConf::parse(resolv_conf, {}).name_servers());
        if (needs_forwarder(resolv_conf, ipv6_of(found))) found.names = Names::Forwarded;
        return found;
    };
    return {std::move(program_folders), settings, std::move(on_refusal)};
}

Result<std::optional<StepNetworks::Lease>> connect(SandboxSpec& spec, const NetworkOrder& order, StepNetworks& networks) {
    MABPLAN_TRY(lease, lease_for(spec, order, networks));
    spec.network = lease ? SandboxNetwork::Given : order.network == Network::None ? SandboxNetwork::None : SandboxNetwork::Host;
    spec.network_namespace = lease ? lease->handle() : -1;
    WayOut way_out;
    if (lease) way_out = {ipv6_of(lease->settings()), lease->settings().subnet.forwarder()};
    write_hosts(spec, order.extra_hosts, lease ? lease->settings().subnet.gateway() : kLoopback);
    MABPLAN_TRY(resolv_conf, resolv_conf_for(order.host_resolv_conf, spec.network, order.dns, way_out));
    spec.resolv_conf = resolv_conf.text(order.comments);
    return lease;
}

std::optional<std::string> find_loopback_proxy(const std::vector<std::string>& env) {
    for (const std::string& entry : env) {
        const std::size_t equals = std::min(entry.find('='), entry.size());
        const std::string name = to_lower(entry.substr(0, equals));
        if (!name.ends_with("_proxy") || name == "no_proxy") continue;
        std::string_view host = std::string_view(entry).substr(std::min(equals + 1, entry.size()));
        if (const auto scheme = host.find("://"); scheme != std::string_view::npos) host.remove_prefix(scheme + 3);
        host = host.substr(0, host.find('/'));
        if (const auto user = host.rfind('@'); user != std::string_view::npos) host.remove_prefix(user + 1);
        if (host.starts_with("127.") || host.starts_with("[::1]") || host == "localhost" || host.starts_with("localhost:"))
            return entry.substr(0, equals);
    }
    return std::nullopt;
}

}  // namespace mabplan::runtime
