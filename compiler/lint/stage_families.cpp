#include "compiler/lint/stage_families.h"

namespace mabplan::compiler {

StageFamilies::StageFamilies(const StageGraph& graph) {
    for (const Stage& stage : graph.stages) {
        const auto base = graph.find_earlier(std::get<From>(stage.from->body).image, stage.number);
        firsts_.push_back(base ? firsts_[*base] : stage.number);
    }
    for (const Stage& stage : graph.stages) {
        for (const Instruction* instruction : stage.instructions) {
            const auto* copy = std::get_if<Copy>(&instruction->body);
            const auto source = copy == nullptr || copy->from.empty() ? std::nullopt : graph.find(copy->from);
            if (source && firsts_[*source] != firsts_[stage.number]) copied_.insert(firsts_[*source]);
        }
    }
}

}  // namespace mabplan::compiler
