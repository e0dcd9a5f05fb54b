// A filter in the kernel's end of a tunnel: what it drops never reaches the program at the other end, whatever way a command sends it. A
// route can be passed by, with a packet socket.
#pragma once

#include "plans/base/result.h"

#include <sys/types.h>

#include <optional>
#include <vector>

namespace mabplan::runtime {

struct FilteredTunnel {};

// Drops what is for the host itself, which the program would connect to (127.0.0.0/8, 0.0.0.0/8, ::/64 with ::1 and IPv4 in IPv6), and
// for link-local addresses (169.254.0.0/16), in the tunnel that one of these processes, ours by descent, holds.
// Nothing if none of them holds one yet; an Environment error where the kernel does not let us reach it.
Result<std::optional<FilteredTunnel>> drop_unreachable(const std::vector<pid_t>& processes);

}  // namespace mabplan::runtime
