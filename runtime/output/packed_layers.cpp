#include "runtime/output/packed_layers.h"

#include "runtime/exec/action_stack.h"

#include <algorithm>

namespace mabplan::runtime {

namespace {

std::set<Compression> compressions_of(const Target& target) {
    std::set<Compression> compressions;
    for (const Output& output : target.outputs)
        if (const auto compression = compression_of(output)) compressions.insert(*compression);
    return compressions;
}

}  // namespace

std::map<std::uint32_t, std::set<Compression>> packed_actions(const Plan& plan) {
    std::map<std::uint32_t, std::set<Compression>> packed;
    for (const Target& target : plan.targets) {
        const std::set<Compression> compressions = compressions_of(target);
        for (const Cell& cell : target.cells)
            for (const ActionId id : stack_of(plan, cell.root)) packed[id.index].insert(compressions.begin(), compressions.end());
    }
    return packed;
}

bool is_done(const Plan& plan, const Cell& cell, const ActionResults& results) {
    const std::vector<ActionId> stack = stack_of(plan, cell.root);
    return std::all_of(stack.begin(), stack.end(), [&](ActionId id) { return results.has_result(id); });
}

std::set<Digest> packed_layers(const Plan& plan, const ActionResults& results) {
    std::set<Digest> layers;
    for (const Target& target : plan.targets) {
        if (compressions_of(target).empty()) continue;
        for (const Cell& cell : target.cells) {
            if (!is_done(plan, cell, results)) continue;
            for (const Digest& diff_id : results.chain(cell.root)) layers.insert(diff_id);
        }
    }
    return layers;
}

}  // namespace mabplan::runtime
