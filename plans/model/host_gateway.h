// What may stand in place of an address of `extra_hosts`.
#pragma once

#include <string_view>

namespace mabplan {

// The host, as the command reaches it: which address that is, is known where the command runs.
inline constexpr std::string_view kHostGateway = "host-gateway";

}  // namespace mabplan
