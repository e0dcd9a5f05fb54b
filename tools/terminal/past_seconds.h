// How long the actions of a plan took when they were done before: the same definition, else the same instruction. Pure; does not know where
// earlier results are kept.
#pragma once

#include "plans/model/plan.h"
#include "tools/terminal/estimate.h"

#include <string>
#include <vector>

namespace mabplan::tools {

struct PastResult {
    Digest key;          // of its definition
    std::string origin;  // "Dockerfile:3 RUN make", as records have it
    bool emulated = false;
    double seconds = 0;
    std::int64_t made = 0;  // seconds since 1970
};

// Of several the newest. An instruction is the same wherever it stands in its file; a command that ran on this host's own platform says
// nothing of one that is emulated, and the other way round.
PastSeconds match_past(const Plan& plan, const std::vector<PastResult>& results, const Platform& host);

}  // namespace mabplan::tools
