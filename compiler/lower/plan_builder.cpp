#include "compiler/lower/plan_builder.h"

#include "plans/model/action_key.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

// Of one key is one result. Commands must also agree in what no key holds: where they may run, which cache they mount, what proxies
// they see.
bool is_same(const Work& a, const Work& b) { return !std::holds_alternative<RunAction>(a) || a == b; }

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

ActionId PlanBuilder::add(Work work, Origin origin) {
    const Digest key = definition_key(plan_, work);
    std::vector<ActionId>& same_key = by_key_[key];
    for (const ActionId id : same_key)
        if (is_same(plan_.action(id).work, work)) return id;
    const ActionId next{static_cast<std::uint32_t>(plan_.actions.size())};
    plan_.actions.push_back({std::move(work), key, std::move(origin)});
    same_key.push_back(next);
    return next;
}

ContextId PlanBuilder::add_context(const BuildContext& context) {
    auto& contexts = plan_.contexts;
    const auto found = std::find(contexts.begin(), contexts.end(), context);
    const ContextId id{static_cast<std::uint32_t>(found - contexts.begin())};
    if (found == contexts.end()) contexts.push_back(context);
    return id;
}

}  // namespace mabplan::compiler
