#include "runtime/exec/action_results.h"

#include "runtime/exec/action_stack.h"

namespace mabplan::runtime {

void ActionResults::remember(ActionId id, const ActionResult& result) { (*results_.lock())[id.index] = result; }

void ActionResults::forget(ActionId id) { results_.lock()->at(id.index).reset(); }

std::optional<ActionResult> ActionResults::find(ActionId id) const { return (*results_.lock())[id.index]; }

bool ActionResults::has_result(ActionId id) const {
    return std::holds_alternative<ImageAction>(plan_.action(id).work) || find(id).has_value();
}

std::vector<Digest> ActionResults::chain(const std::optional<ActionId>& id) const {
    std::vector<Digest> diff_ids;
    const auto results = results_.lock();
    for (const ActionId each : stack_of(plan_, id)) {
        if (const auto* image = std::get_if<ImageAction>(&plan_.action(each).work)) {
            for (const BaseLayer& layer : image->layers) diff_ids.push_back(layer.diff_id);
        } else if (const auto& result = (*results)[each.index]) {
            diff_ids.push_back(result->diff_id);
        }
    }
    return diff_ids;
}

}  // namespace mabplan::runtime
