// The addresses in the network of a step. Works on text; asks no kernel.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

// A /24 for the step alone. What it hides of the world outside is out of the step's reach, so it is to be one that the host does not use.
struct Subnet {
    std::string prefix = "10.0.2";
    std::string network() const { return prefix + ".0/24"; }
    std::string gateway() const { return prefix + ".2"; }    // the host, where that is open
    std::string forwarder() const { return prefix + ".3"; }  // answers names as the host does
    std::string own() const { return prefix + ".100"; }
};

// The first of a few that no route of the host leads into, and that has none of these addresses, which a step is to reach (those that are
// not IPv4 count for nothing); `routes` is the text of /proc/net/route.
Subnet choose_subnet(std::string_view routes, const std::vector<std::string>& reached = {});

// Whether the host has a way to all of the IPv6 world; `routes` is the text of /proc/net/ipv6_route.
bool has_default_ipv6_route(std::string_view routes);

}  // namespace mabplan::runtime
