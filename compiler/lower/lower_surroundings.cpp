// What mabplan.yaml says of how commands run: hosts, shared memory, limits, time.
#include "compiler/lower/cell_lowering.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/model/host_gateway.h"

#include <algorithm>
#include <array>

namespace mabplan::compiler {

namespace {

constexpr std::string_view kSharedMemory = "/dev/shm";
constexpr std::array<std::string_view, 15> kLimits{"core",   "cpu",   "data", "fsize",  "locks",  "memlock",    "msgqueue", "nice",
                                                   "nofile", "nproc", "rss",  "rtprio", "rttime", "sigpending", "stack"};

// Enough to tell an address from a name: the kernel is asked by the command.
bool looks_like_address(const std::string& text) {
    if (text.find(':') != std::string::npos) return text.find_first_not_of("0123456789abcdefABCDEF:.%") == std::string::npos;
    const auto parts = split(text, '.');
    return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
               const auto number = parse_unsigned(part);
               return number && *number <= 255;
           });
}

// What a flag says has no place in a file.
Failure wrong(const SourcePlace& place, std::string message, std::string hint = {}) {
    if (place.text) return input_error(place, std::move(message), std::move(hint));
    return fail(ErrorKind::Input, std::move(message), std::move(hint));
}

// host-gateway is the host as a command reaches it, which is known where it runs.
Result<std::string> address_of(const Setting& host, NetworkMode network) {
    if (host.value == kHostGateway && network == NetworkMode::None)
        return wrong(host.place, format("the host {} is host-gateway, and commands without a network don't reach it", quoted(host.name)),
                     "leave it out, or let the target have a network");
    if (host.value == kHostGateway) return host.value;
    if (looks_like_address(host.value)) return host.value;
    return wrong(host.place, format("the host {} has no address: found {}", quoted(host.name), quoted(host.value)),
                 "expected an IPv4 or IPv6 address, or host-gateway");
}

Status check_limit(const Ulimit& limit) {
    if (std::find(kLimits.begin(), kLimits.end(), limit.name) == kLimits.end())
        return wrong(limit.place, format("there is no resource limit {}", quoted(limit.name)), format("known are {}", join(kLimits, ", ")));
    const bool fits = limit.hard < 0 || (limit.soft >= 0 && limit.soft <= limit.hard);
    if (!fits) return wrong(limit.place, format("the soft limit of {} lies above the hard one", quoted(limit.name)));
    return {};
}

}  // namespace

// What is wrong is wrong also where no command runs, today.
Status CellLowering::check_surroundings() const {
    RunAction none;
    return add_surroundings(none);
}

Status CellLowering::add_surroundings(RunAction& action) const {
    const Build& build = input_.cell.build;
    for (const Setting& host : build.extra_hosts) {
        MABPLAN_TRY(address, address_of(host, build.network));
        action.extra_hosts.push_back({host.name, std::move(address)});
    }
    for (const Ulimit& limit : build.ulimits) {
        MABPLAN_CHECK(check_limit(limit));
        action.ulimits.push_back({limit.name, limit.soft, limit.hard});
    }
    action.timeout_ms = build.timeout_ms;
    const bool has_own =
        std::any_of(action.mounts.begin(), action.mounts.end(), [](const auto& mount) { return mount.target == kSharedMemory; });
    if (build.shm_size && !has_own) action.mounts.insert(action.mounts.begin(), {std::string(kSharedMemory), TmpfsMount{*build.shm_size}});
    return {};
}

}  // namespace mabplan::compiler
