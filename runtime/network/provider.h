// The programs that connect a network namespace with the world by a user's own means: which there are, and how each is called. Starts
// nothing.
#pragma once

#include "runtime/network/subnet.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mabplan::runtime {

enum class ProviderKind {
    Slirp4netns,  // brings its interface into a namespace of ours
    Pasta,        // has its interface in a namespace that it makes
};

struct Provider {
    ProviderKind kind = ProviderKind::Slirp4netns;
    std::string path;
};

std::string name_of(ProviderKind kind);

// Those in the folders, the better one first: slirp4netns is at work in 10 ms, pasta in 60; how fast they carry is of one order.
std::vector<Provider> find_providers(const std::vector<std::string>& folders);

enum class HostGateway {
    Closed,  // nothing of the host's loopback is reached
    Open,    // the gateway's address is the host, its loopback too: for `host-gateway`
};

enum class Names {
    AskedOutside,  // of servers that a command reaches by itself
    Forwarded,     // to the host's servers, by Subnet::forwarder
};

struct OutwardSettings {
    Subnet subnet;
    bool has_ipv6 = false;
    HostGateway gateway = HostGateway::Closed;
    Names names = Names::AskedOutside;
};

// Packets never leave the host as such: large ones carry several times as much a second.
constexpr std::uint32_t kMtu = 65520;
constexpr const char* kInterfaceName = "eth0";
// IPv6 in the network of a step; slirp4netns knows no other.
constexpr const char* kOwnIpv6 = "fd00::100";
constexpr const char* kGatewayIpv6 = "fd00::2";

// The command that pasta runs in its namespace, to keep it: it starts when all in there is made.
constexpr const char* kKeeper = "sleep";

// The command line. `namespace_path`: of a descriptor that the program inherits; only slirp4netns asks for it.
std::vector<std::string> provider_arguments(const Provider& provider, const OutwardSettings& settings, const std::string& namespace_path);

}  // namespace mabplan::runtime
