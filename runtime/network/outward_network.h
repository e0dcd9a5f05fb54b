// A network namespace and the program that connects it with the world outside. Several commands may use it one after the other: who has no
// right to change a network leaves nothing in it but connections that are still closing, and here these don't wait.
#pragma once

#include "plans/base/result.h"
#include "runtime/network/net_namespace.h"
#include "runtime/network/provider.h"
#include "runtime/network/server_process.h"

#include <string>
#include <utility>

namespace mabplan::runtime {

class OutwardNetwork {
public:
    // In the user namespace that is to own the network. An Environment error if the program does not do its work here: it has to find
    // /dev/net/tun open to it. The host's loopback is out of reach, whatever way it is asked for, and so are link-local addresses: on some
    // hosts what answers there gives keys away.
    static Result<OutwardNetwork> start(const Provider& provider, const OutwardSettings& settings);

    int handle() const { return own_.handle.get(); }  // of the namespace
    const OutwardSettings& settings() const { return settings_; }
    bool is_alive() const;
    // Why frames that a command makes by itself are not filtered (tunnel_filter.h); empty if they are.
    const std::string& unfiltered() const { return unfiltered_; }

private:
    OutwardNetwork(ServerProcess process, NetNamespace own, OutwardSettings settings, std::string unfiltered)
        : process_(std::move(process)), own_(std::move(own)), settings_(std::move(settings)), unfiltered_(std::move(unfiltered)) {}

    ServerProcess process_;
    NetNamespace own_;
    OutwardSettings settings_;
    std::string unfiltered_;
};

}  // namespace mabplan::runtime
