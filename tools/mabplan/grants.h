// --secret, --ssh, --allow and --max-layer-size: what one run is given. Opens nothing.
#pragma once

#include "plans/model/plan.h"
#include "tools/mabplan/command_line.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mabplan::tools {

struct Grants {
    std::vector<SecretSource> secrets;  // paths made absolute
    std::vector<AgentSource> agents;
    bool insecure = false;
    std::vector<std::string> devices;  // that commands may have; "" stands for all
    std::uint64_t max_layer_bytes = 0;
};

// Input errors that name the flag.
Result<Grants> parse_grants(const GrantOptions& options);

}  // namespace mabplan::tools
