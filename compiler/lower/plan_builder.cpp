#include "compiler/lower/plan_builder.h"

#include "compiler/lower/layer_times.h"
#include "plans/model/action_key.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

// Of one key is one result. Commands must also agree in what no key holds: where they may run, which cache they mount, what proxies
// they see. Images of the same layers are one, as old as the newest of them.
bool join(Work& known, const Work& more) {
    if (auto* image = std::get_if<ImageAction>(&known)) image->created = std::max(image->created, std::get<ImageAction>(more).created);
    return !std::holds_alternative<RunAction>(known) || known == more;
}

template <class Source>
bool add_source(std::vector<Source>& sources, const Source& source) {
    const auto found = std::find_if(sources.begin(), sources.end(), [&](const Source& other) { return other.id == source.id; });
    if (found != sources.end()) return *found == source;
    sources.push_back(source);
    return true;
}

}  // namespace

bool PlanBuilder::add_secret(const mabplan::SecretSource& secret) { return add_source(plan_.secrets, secret); }
bool PlanBuilder::add_agent(const AgentSource& agent) { return add_source(plan_.agents, agent); }

// While a plan grows, the epoch stands for the time: what is the same under both will have the same time.
Digest PlanBuilder::key_of(const Work& work) const {
    return definition_key(plan_, work, epoch_ ? std::optional<LayerTime>({*epoch_, 0}) : std::nullopt);
}

ActionId PlanBuilder::add(Work work, Origin origin) {
    if (auto* git = std::get_if<GitAction>(&work); git != nullptr && !keeps_times_) git->commit_times = true;
    const Digest key = key_of(work);
    std::vector<ActionId>& same_key = by_key_[key];
    for (const ActionId id : same_key)
        if (join(plan_.actions[id.index].work, work)) return id;
    const ActionId next{static_cast<std::uint32_t>(plan_.actions.size())};
    plan_.actions.push_back({std::move(work), key, std::move(origin)});
    epochs_.push_back(epoch_);
    same_key.push_back(next);
    return next;
}

void PlanBuilder::name_action(ActionId id, InstructionId instruction) {
    std::vector<InstructionId>& names = plan_.actions[id.index].instructions;
    const auto place = std::lower_bound(names.begin(), names.end(), instruction, comes_before);
    if (place == names.end() || *place != instruction) names.insert(place, std::move(instruction));
}

Plan PlanBuilder::finish() {
    if (!keeps_times_) settle_times(plan_, epochs_);
    return std::move(plan_);
}

ContextId PlanBuilder::add_context(const BuildContext& context) {
    auto& contexts = plan_.contexts;
    const auto found = std::find(contexts.begin(), contexts.end(), context);
    const ContextId id{static_cast<std::uint32_t>(found - contexts.begin())};
    if (found == contexts.end()) contexts.push_back(context);
    return id;
}

}  // namespace mabplan::compiler
