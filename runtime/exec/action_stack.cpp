#include "runtime/exec/action_stack.h"

namespace mabplan::runtime {

std::vector<ActionId> stack_of(const Plan& plan, const std::optional<ActionId>& top) {
    std::vector<ActionId> downwards;
    for (std::optional<ActionId> at = top; at; at = root_of(plan.action(*at).work)) downwards.push_back(*at);
    return {downwards.rbegin(), downwards.rend()};
}

}  // namespace mabplan::runtime
