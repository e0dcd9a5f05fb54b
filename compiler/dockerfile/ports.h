// The port forms of EXPOSE, after expansion: [[ip:][host:]]port[-port][/protocol].
#pragma once

#include "plans/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace mabplan::compiler {

struct ExposedPorts {
    std::vector<std::string> ports;     // "80/tcp", a range counted upwards
    bool protocol_in_capitals = false;  // "/TCP": accepted, worth a warning
    bool has_host_part = false;         // an address or a host port, dropped: worth a warning
};

Result<ExposedPorts> parse_ports(std::string_view spec);

}  // namespace mabplan::compiler
