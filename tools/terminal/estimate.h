// How long a run will still take, from how long its steps took before. Says nothing where nothing is known. Pure.
#pragma once

#include "tools/terminal/build_state.h"

#include <optional>
#include <vector>

namespace mabplan::tools {

// How long each action of a plan took when it was done last, by its place in Plan::actions; nothing: not known.
using PastSeconds = std::vector<std::optional<double>>;

struct Estimate {
    double seconds = 0;
    bool at_least = false;  // there are commands to come of which nothing is known
    bool operator==(const Estimate&) const = default;
};

// With `jobs` steps at a time, each after what it needs. Nothing where of no command to come anything is known.
std::optional<Estimate> estimate_rest(const BuildState& state, const PastSeconds& past, double at, int jobs);

// "about 45 s left", "at least 3 min left".
std::string estimate_text(const Estimate& estimate);

}  // namespace mabplan::tools
