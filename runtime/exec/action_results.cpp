#include "runtime/exec/action_results.h"

namespace mabplan::runtime {

void ActionResults::remember(ActionId id, const ActionResult& result) { (*results_.lock())[id.index] = result; }

void ActionResults::forget(ActionId id) { results_.lock()->at(id.index).reset(); }

std::optional<ActionResult> ActionResults::find(ActionId id) const { return (*results_.lock())[id.index]; }

bool ActionResults::has_result(ActionId id) const {
    return std::holds_alternative<ImageAction>(plan_.action(id).work) || find(id).has_value();
}

std::vector<Digest> ActionResults::chain(const std::optional<ActionId>& id) const {
    std::vector<Digest> reversed;
    const auto results = results_.lock();
    for (std::optional<ActionId> at = id; at; at = root_of(plan_.action(*at).work)) {
        if (const auto* image = std::get_if<ImageAction>(&plan_.action(*at).work)) {
            for (auto layer = image->layers.rbegin(); layer != image->layers.rend(); ++layer) reversed.push_back(layer->diff_id);
        } else if (const auto& result = (*results)[at->index]) {
            reversed.push_back(result->diff_id);
        }
    }
    return {reversed.rbegin(), reversed.rend()};
}

}  // namespace mabplan::runtime
