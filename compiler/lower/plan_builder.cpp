#include "compiler/lower/plan_builder.h"

#include "plans/model/action_key.h"

#include <algorithm>

namespace mabplan::compiler {

ActionId PlanBuilder::add(Work work, Origin origin) {
    const Digest key = definition_key(plan_, work);
    const ActionId next{static_cast<std::uint32_t>(plan_.actions.size())};
    const auto [found, added] = by_key_.emplace(key, next);
    if (added) plan_.actions.push_back({std::move(work), key, std::move(origin)});
    return found->second;
}

ContextId PlanBuilder::add_context(const BuildContext& context) {
    auto& contexts = plan_.contexts;
    const auto found = std::find(contexts.begin(), contexts.end(), context);
    const ContextId id{static_cast<std::uint32_t>(found - contexts.begin())};
    if (found == contexts.end()) contexts.push_back(context);
    return id;
}

}  // namespace mabplan::compiler
