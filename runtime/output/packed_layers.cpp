#include "runtime/output/packed_layers.h"

#include <algorithm>
#include <optional>

namespace mabplan::runtime {

std::map<std::uint32_t, std::set<Compression>> packed_actions(const Plan& plan) {
    std::map<std::uint32_t, std::set<Compression>> packed;
    for (const Target& target : plan.targets)
        for (const Output& output : target.outputs)
            if (const auto compression = compression_of(output))
                for (const Cell& cell : target.cells)
                    for (std::optional<ActionId> at = cell.root; at; at = root_of(plan.action(*at).work))
                        packed[at->index].insert(*compression);
    return packed;
}

bool is_done(const Plan& plan, const Cell& cell, const ActionResults& results) {
    for (std::optional<ActionId> at = cell.root; at; at = root_of(plan.action(*at).work))
        if (!results.has_result(*at)) return false;
    return true;
}

std::set<Digest> packed_layers(const Plan& plan, const ActionResults& results) {
    std::set<Digest> layers;
    for (const Target& target : plan.targets) {
        const bool is_packed = std::any_of(target.outputs.begin(), target.outputs.end(),
                                           [](const Output& output) { return compression_of(output).has_value(); });
        for (const Cell& cell : target.cells) {
            if (!is_packed || !is_done(plan, cell, results)) continue;
            for (const Digest& diff_id : results.chain(cell.root)) layers.insert(diff_id);
        }
    }
    return layers;
}

}  // namespace mabplan::runtime
