#include "runtime/exec/run_tally.h"

#include "plans/base/format.h"

#include <algorithm>
#include <utility>

namespace mabplan::runtime {

RunTally::RunTally(const Plan& plan, const ActionResults& results, EventSink& events)
    : plan_(plan), results_(results), events_(events), state_(State{{}, {}, std::vector<ActionTime>(plan.actions.size())}) {}

void RunTally::begin(const WorkList& work) {
    state_.with([&](State& state) {
        state.counts = {};
        state.counts.cached = work.cached.size();
        state.optional_failures.clear();
    });
    RunBegan began{work.cached.size() + work.missing.size(), work.cached.size(), work.missing.size(), {}};
    for (const Target& target : plan_.targets)
        for (const Cell& cell : target.cells)
            if (std::find(began.platforms.begin(), began.platforms.end(), cell.platform) == began.platforms.end())
                began.platforms.push_back(cell.platform);
    events_.tell(std::move(began));
    for (const ActionId id : work.cached) tell_finished(id, HowDone::CachedDefinition, 0, 0);
}

// What noise is left out is said again when the action is cached: the layer is without it all the same.
void RunTally::tell_finished(ActionId id, HowDone how, double seconds, double waited_seconds) {
    const ActionResult result = results_.find(id).value_or(ActionResult{});
    events_.tell(Finished{id, how, plan_.action(id).definition_key, seconds, waited_seconds, result.diff_id, result.bytes});
    for (const LeftOut& file : result.left_out)
        events_.tell(Detail{id, format("noise left out of the layer: {} ({})", file.path, file.what)});
}

void RunTally::finish(ActionId id, HowDone how, double seconds, double waited_seconds) {
    tell_finished(id, how, seconds, waited_seconds);
    const auto state = state_.lock();
    const bool cached = how == HowDone::CachedContent, emulated = how == HowDone::Emulated;
    state->counts.cached += cached ? 1 : 0;
    state->counts.executed += cached ? 0 : 1;
    state->counts.emulated += emulated ? 1 : 0;
    if (!cached) state->times[id.index] = {seconds, emulated};
}

void RunTally::tell_failed(ActionId id, const Error& error, const ActionTime& time, bool required) {
    events_.tell(Failed{id, error, time.seconds, required});
    state_.lock()->times[id.index] = time;
}

void RunTally::fail(ActionId id, const Error& error, const ActionTime& time, bool required) {
    tell_failed(id, error, time, required);
    const auto state = state_.lock();
    (required ? state->counts.failures : state->optional_failures).push_back(error);
}

void RunTally::stop(ActionId id, const Error& error, const ActionTime& time, bool required) { tell_failed(id, error, time, required); }

bool RunTally::has_required_failure() const { return !state_.lock()->counts.failures.empty(); }

RunCounts RunTally::counts() const {
    const auto state = state_.lock();
    RunCounts counts = state->counts;
    counts.only_optional_failed = counts.failures.empty() && !state->optional_failures.empty();
    counts.failures.insert(counts.failures.end(), state->optional_failures.begin(), state->optional_failures.end());
    return counts;
}

std::vector<EmulationTax> RunTally::taxes() const { return emulation_taxes(plan_, state_.lock()->times); }

}  // namespace mabplan::runtime
