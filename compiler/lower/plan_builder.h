// A plan in the making: gives each action its key and its place, and makes one of those that are the same.
#pragma once

#include "plans/model/plan.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace mabplan::compiler {

class PlanBuilder {
public:
    // Before the first action: it is part of every key.
    void set_epoch(std::optional<std::int64_t> epoch) { plan_.epoch = epoch; }

    // The place of the action: that of an equal one, or a new one at the end.
    ActionId add(Work work, Origin origin);
    ContextId add_context(const BuildContext& context);
    void add_registry(RegistryHost host) { plan_.registries.push_back(std::move(host)); }
    // False if the id has another source already.
    bool add_secret(const mabplan::SecretSource& secret);
    bool add_agent(const AgentSource& agent);
    void add_target(mabplan::Target target) { plan_.targets.push_back(std::move(target)); }

    const Plan& plan() const { return plan_; }
    Plan finish() { return std::move(plan_); }

private:
    Plan plan_;
    std::unordered_map<Digest, std::vector<ActionId>> by_key_;
};

}  // namespace mabplan::compiler
