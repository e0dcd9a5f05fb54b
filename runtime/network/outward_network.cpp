#include "runtime/network/outward_network.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/network/tunnel_filter.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

namespace mabplan::runtime {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongestStart{10000};
constexpr milliseconds kBetweenLooks{1};
const NetworkAddress kLinkLocal{"169.254.0.0", 16};

constexpr const char* kTunnel = "/dev/net/tun";
constexpr const char* kTunnelHint =
    "it has to be open to this user: `sudo chmod 666 /dev/net/tun`, or `--device /dev/net/tun` for a container";
constexpr const char* kNoTunnelHint = "it has to be there: `sudo modprobe tun`, or `--device /dev/net/tun` for a container";

Failure explain_end(const Provider& provider, const ServerProcess& process, const std::string& why) {
    const std::string said = process.said();
    const std::string last(trim(std::string_view(said).substr(said.find_last_of('\n', said.find_last_not_of('\n')) + 1)));
    return fail(ErrorKind::Environment, format("{} {}{}", provider.path, why, last.empty() ? "" : ": " + last));
}

// Looks again and again until there is something to be seen, the program has ended, or patience has.
template <class Look>
auto await(const Provider& provider, const ServerProcess& process, Look look) -> decltype(look()) {
    const auto end = std::chrono::steady_clock::now() + kLongestStart;
    for (;;) {
        MABPLAN_TRY(seen, look());
        if (seen) return seen;
        if (process.has_ended_within(kBetweenLooks)) return explain_end(provider, process, "ended at its start");
        if (std::chrono::steady_clock::now() > end) return explain_end(provider, process, "did not start within 10 s");
    }
}

std::vector<pid_t> children_of(pid_t process) {
    std::vector<pid_t> out;
    const auto text = read_file(format("/proc/{0}/task/{0}/children", process), 4096);
    if (!text) return out;
    for (const std::string_view word : split(trim(*text), ' '))
        if (const auto number = parse_unsigned(word)) out.push_back(static_cast<pid_t>(*number));
    return out;
}

bool is_called(pid_t process, std::string_view name) {
    return trim(read_file(format("/proc/{}/comm", process), 64).value_or(std::string())) == name;
}

// Of what the program runs: the child of the child of the watcher. Not before it has become the command: until then the program still
// looks for the interface by its name, and must not miss it.
Result<std::optional<NetNamespace>> find_namespace_below(pid_t watcher) {
    for (const pid_t program : children_of(watcher))
        for (const pid_t inner : children_of(program)) {
            if (!is_called(inner, kKeeper)) continue;
            auto handle = open_file(format("/proc/{}/ns/net", inner), O_RDONLY);
            if (!handle) continue;  // it has gone meanwhile
            MABPLAN_TRY(found, open_net_namespace(std::move(*handle)));
            return std::optional(std::move(found));
        }
    return std::optional<NetNamespace>{};
}

// What the program has made in a namespace of its own comes into ours. That one belongs to a user namespace below ours, over which a
// command's root would have every right, whatever capabilities it was left.
Status fetch_interface(const Provider& provider, const ServerProcess& process, NetNamespace& own) {
    MABPLAN_TRY(theirs, await(provider, process, [&] { return find_namespace_below(process.watcher()); }));
    MABPLAN_TRY(interface, await(provider, process, [&] { return theirs->routes.find_interface(kInterfaceName); }));
    return theirs->routes.move(*interface, kInterfaceName, own.handle.get());
}

// Where it sees all ids, pasta takes itself for the host's root, and becomes somebody who may not open the tunnel.
ServerIds ids_for(ProviderKind kind) { return kind == ProviderKind::Pasta ? ServerIds::OneOfOurs : ServerIds::Ours; }

Status configure(RouteSocket& routes, int interface, const OutwardSettings& settings) {
    MABPLAN_CHECK(routes.add_address(interface, {settings.subnet.own(), 24}));
    if (settings.has_ipv6) MABPLAN_CHECK(routes.add_address(interface, {kOwnIpv6, 64}));
    MABPLAN_CHECK(routes.set_up(interface, kMtu));
    MABPLAN_CHECK(routes.add_default_route(interface, settings.subnet.gateway()));
    if (settings.has_ipv6) MABPLAN_CHECK(routes.add_default_route(interface, kGatewayIpv6));
    return routes.refuse(kLinkLocal);
}

}  // namespace

Result<OutwardNetwork> OutwardNetwork::start(const Provider& provider, const OutwardSettings& settings) {
    if (::access(kTunnel, R_OK | W_OK) != 0) {
        const bool is_missing = errno == ENOENT || errno == ENODEV;
        Error error = system_error(errno, "open", kTunnel).value();
        error.hint = is_missing ? kNoTunnelHint : kTunnelHint;
        return fail(std::move(error));
    }
    const std::vector<std::string> env{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"};
    const std::vector<std::string> argv = provider_arguments(provider, settings, format("/proc/self/fd/{}", ServerProcess::kHandedOn));
    const bool has_its_own = provider.kind == ProviderKind::Pasta;
    MABPLAN_TRY(own, make_net_namespace());
    MABPLAN_TRY(process, ServerProcess::start({argv, env, ids_for(provider.kind), has_its_own ? -1 : own.handle.get()}));
    if (has_its_own) MABPLAN_CHECK(fetch_interface(provider, process, own));
    MABPLAN_TRY(interface, await(provider, process, [&] { return own.routes.find_interface(kInterfaceName); }));
    MABPLAN_CHECK(configure(own.routes, *interface, settings));
    // where a container's rules or an old kernel don't let us reach the tunnel, the route has to do
    const auto filtered = await(provider, process, [&] { return drop_unreachable(children_of(process.watcher())); });
    return OutwardNetwork(std::move(process), std::move(own), settings, filtered ? std::string() : filtered.error().message);
}

bool OutwardNetwork::is_alive() const { return !process_.has_ended_within(milliseconds(0)); }

}  // namespace mabplan::runtime
