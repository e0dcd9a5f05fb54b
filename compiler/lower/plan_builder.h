// A plan in the making: gives each action its key and its place, and makes one of those that are the same.
#pragma once

#include "plans/model/plan.h"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace mabplan::compiler {

class PlanBuilder {
public:
    // Times are not set but kept. Before the first action.
    void keep_times() { keeps_times_ = true; }
    bool keeps_times() const { return keeps_times_; }
    // The SOURCE_DATE_EPOCH of what is added from here on. What was before, to put it back: targets are lowered in the midst of others.
    std::optional<std::int64_t> set_epoch(std::optional<std::int64_t> epoch) { return std::exchange(epoch_, epoch); }
    const std::optional<std::int64_t>& epoch() const { return epoch_; }

    // The place of the action: that of an equal one, or a new one at the end.
    ActionId add(Work work, Origin origin);
    // The action is what the instruction comes to.
    void name_action(ActionId id, InstructionId instruction);
    ContextId add_context(const BuildContext& context);
    void add_registry(RegistryHost host) { plan_.registries.push_back(std::move(host)); }
    // False if the id has another source already.
    bool add_secret(const mabplan::SecretSource& secret);
    bool add_agent(const AgentSource& agent);
    void add_target(mabplan::Target target) { plan_.targets.push_back(std::move(target)); }

    const Plan& plan() const { return plan_; }
    // Gives all that makes layers its time.
    Plan finish();

private:
    Digest key_of(const Work& work) const;

    Plan plan_;
    bool keeps_times_ = false;
    std::optional<std::int64_t> epoch_;
    std::vector<std::optional<std::int64_t>> epochs_;  // of each action
    std::unordered_map<Digest, std::vector<ActionId>> by_key_;
};

}  // namespace mabplan::compiler
