#include "runtime/network/provider.h"

#include "plans/base/format.h"
#include "runtime/sys/program.h"

#include <array>

namespace mabplan::runtime {

namespace {

constexpr std::array kBestFirst{ProviderKind::Slirp4netns, ProviderKind::Pasta};

using Words = std::vector<std::string>;

void append(Words& words, const Words& more) { words.insert(words.end(), more.begin(), more.end()); }

Words slirp4netns_arguments(const OutwardSettings& settings, const std::string& namespace_path) {
    Words words{"--mtu", format("{}", kMtu), "--cidr", settings.subnet.network(), "--enable-sandbox", "--enable-seccomp"};
    if (settings.gateway == HostGateway::Closed) words.emplace_back("--disable-host-loopback");
    if (settings.has_ipv6) words.emplace_back("--enable-ipv6");
    if (settings.names == Names::AskedOutside) words.emplace_back("--disable-dns");
    append(words, {"--netns-type", "path", namespace_path, kInterfaceName});
    return words;
}

// None of its ports leads in or out. What it runs lives as long as its namespace is to.
Words pasta_arguments(const OutwardSettings& settings) {
    Words words{"--foreground", "--quiet", "--mtu", format("{}", kMtu), "--ns-ifname", kInterfaceName, "--config-net"};
    append(words, {"--address", settings.subnet.own(), "--netmask", "24", "--gateway", settings.subnet.gateway()});
    if (settings.names == Names::Forwarded) append(words, {"--dns-forward", settings.subnet.forwarder()});
    if (settings.has_ipv6) append(words, {"--address", kOwnIpv6, "--gateway", kGatewayIpv6});
    else words.emplace_back("--ipv4-only");
    if (settings.gateway == HostGateway::Closed) words.emplace_back("--no-map-gw");
    append(words, {"--tcp-ports", "none", "--udp-ports", "none", "--tcp-ns", "none", "--udp-ns", "none", "--", kKeeper, "infinity"});
    return words;
}

}  // namespace

std::string name_of(ProviderKind kind) { return kind == ProviderKind::Pasta ? "pasta" : "slirp4netns"; }

std::vector<Provider> find_providers(const std::vector<std::string>& folders) {
    std::vector<Provider> out;
    for (const ProviderKind kind : kBestFirst)
        if (std::string path = find_program(name_of(kind), folders); !path.empty()) out.push_back({kind, std::move(path)});
    return out;
}

std::vector<std::string> provider_arguments(const Provider& provider, const OutwardSettings& settings, const std::string& namespace_path) {
    Words words{provider.path};
    append(words, provider.kind == ProviderKind::Pasta ? pasta_arguments(settings) : slirp4netns_arguments(settings, namespace_path));
    return words;
}

}  // namespace mabplan::runtime
