#include "tools/terminal/estimate.h"

#include "plans/base/format.h"
#include "tools/terminal/durations.h"

#include <algorithm>

namespace mabplan::tools {

namespace {

// What is still to be done: of each image all layers that are not there, and what these are made from.
std::vector<bool> find_open(const BuildState& state) {
    const Plan& plan = state.plan();
    std::vector<bool> is_open(plan.actions.size(), false), is_seen(plan.actions.size(), false);
    std::vector<ActionId> tops;
    for (const Target& target : plan.targets)
        for (const Cell& cell : target.cells)
            if (cell.root) tops.push_back(*cell.root);
    while (!tops.empty()) {
        std::optional<ActionId> at = tops.back();
        tops.pop_back();
        for (; at && !is_seen[at->index]; at = root_of(plan.action(*at).work)) {
            is_seen[at->index] = true;
            if (state.is_done(*at) || std::holds_alternative<ImageAction>(plan.action(*at).work)) continue;
            is_open[at->index] = true;
            for (const ActionId input : inputs_of(plan.action(*at).work)) tops.push_back(input);
        }
    }
    return is_open;
}

}  // namespace

std::optional<Estimate> estimate_rest(const BuildState& state, const PastSeconds& past, double at, int jobs) {
    const Plan& plan = state.plan();
    const std::vector<bool> is_open = find_open(state);
    std::vector<double> until(plan.actions.size(), 0);  // seconds until it is done
    double longest = 0, total = 0;
    bool knows_some = false, lacks_some = false;
    for (std::uint32_t i = 0; i < plan.actions.size(); ++i) {  // inputs come first
        if (!is_open[i]) continue;
        const RunningStep* running = state.find_running({i});
        const auto known = i < past.size() ? past[i] : std::nullopt;
        const double rest = std::max(0.0, known.value_or(0) - (running != nullptr ? at - running->since : 0));
        if (std::holds_alternative<RunAction>(plan.actions[i].work)) (known ? knows_some : lacks_some) = true;
        for (const ActionId input : inputs_of(plan.actions[i].work)) until[i] = std::max(until[i], until[input.index]);
        until[i] += rest;
        longest = std::max(longest, until[i]);
        total += rest;
    }
    if (!knows_some) return std::nullopt;
    return Estimate{std::max(longest, total / std::max(1, jobs)), lacks_some};
}

std::string estimate_text(const Estimate& estimate) {
    return format("{} {} left", estimate.at_least ? "at least" : "about", in_words(estimate.seconds));
}

}  // namespace mabplan::tools
