// What surrounds a command, as the flags of `build` and `image run` say it: hosts, limits. Texts to values; asks nobody.
#pragma once

#include "plans/base/result.h"
#include "plans/model/action.h"

#include <string>
#include <vector>

namespace mabplan::tools {

// "name:address" or "name=address"; an IPv6 address may stand in brackets. Whether it is an address is not looked at.
Result<std::vector<ExtraHost>> parse_extra_hosts(const std::vector<std::string>& texts);

// "nofile=1024" or "nofile=1024:2048"; -1 is no limit. Whether there is such a limit is not looked at.
Result<std::vector<Ulimit>> parse_ulimits(const std::vector<std::string>& texts);

}  // namespace mabplan::tools
