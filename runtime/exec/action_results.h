// The results that the actions of a plan have in this run, and the stacks of layers that follow from them. Does not know where a result
// comes from: found or made.
#pragma once

#include "plans/model/plan.h"
#include "runtime/store/action_result.h"
#include "runtime/sys/guarded.h"

#include <optional>
#include <vector>

namespace mabplan::runtime {

// Safe to use from several threads.
class ActionResults {
public:
    explicit ActionResults(const Plan& plan) : plan_(plan), results_(ByAction(plan.actions.size())) {}

    void remember(ActionId id, const ActionResult& result);
    void forget(ActionId id);
    std::optional<ActionResult> find(ActionId id) const;
    // A base image is done as it is.
    bool has_result(ActionId id) const;
    // The diff_ids below and with the action, bottom first. All of them must have results.
    std::vector<Digest> chain(const std::optional<ActionId>& id) const;

private:
    using ByAction = std::vector<std::optional<ActionResult>>;

    const Plan& plan_;
    Guarded<ByAction> results_;
};

}  // namespace mabplan::runtime
