// --secret, --ssh and --allow: what the commands of one run are given. Opens nothing.
#pragma once

#include "plans/model/plan.h"
#include "tools/mabplan/command_line.h"

#include <string>
#include <vector>

namespace mabplan::tools {

struct Grants {
    std::vector<SecretSource> secrets;  // paths made absolute
    std::vector<AgentSource> agents;
    bool insecure = false;
};

// Input errors that name the flag.
Result<Grants> parse_grants(const GrantOptions& options);

}  // namespace mabplan::tools
