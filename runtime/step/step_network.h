// Which network a command gets, and what it finds written of it in /etc/hosts and /etc/resolv.conf.
#pragma once

#include "plans/model/action.h"
#include "runtime/network/step_networks.h"
#include "runtime/sandbox/resolv_conf.h"
#include "runtime/sandbox/sandbox.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

// The networks of a run on this host, whose /etc/resolv.conf says so; the host is looked at when a command needs one. on_refusal: see
// StepNetworks.
StepNetworks networks_for(std::vector<std::string> program_folders, std::string resolv_conf,
                          std::function<void(std::string_view)> on_refusal);

struct NetworkOrder {
    Network network = Network::Default;
    std::vector<ExtraHost> extra_hosts;
    std::string_view host_resolv_conf;
    DnsSettings dns;
    Comments comments = Comments::Left;
};

// Fills in the network of a sandbox whose privilege is settled. What is returned is to be kept while it runs; it is nothing for a command
// that needs no network of its own, or can't have one: that one gets the host's.
Result<std::optional<StepNetworks::Lease>> connect(SandboxSpec& spec, const NetworkOrder& order, StepNetworks& networks);

// The proxy among these settings ("NAME=value") that is on the host's loopback, where a command with a network of its own does not reach
// it.
std::optional<std::string> find_loopback_proxy(const std::vector<std::string>& env);

}  // namespace mabplan::runtime
