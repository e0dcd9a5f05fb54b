#include "compiler/lower/needed_stages.h"

#include "compiler/dockerfile/mount.h"

#include <variant>

namespace mabplan::compiler {

std::vector<std::size_t> stages_named_by(const StageGraph& graph, const Stage& stage, const Variables& global, const WordRules& rules) {
    std::vector<std::size_t> named;
    const auto add = [&](std::optional<std::size_t> number) {
        if (number) named.push_back(*number);
    };
    if (const auto image = expand_word(std::get<From>(stage.from->body).image, global, rules)) add(graph.find_earlier(*image, stage.number));
    for (const Instruction* instruction : stage.instructions) {
        if (const Copy* copy = std::get_if<Copy>(&instruction->body); copy != nullptr && !copy->from.empty()) add(graph.find(copy->from));
        if (const Run* run = std::get_if<Run>(&instruction->body))
            for (const MountText& mount : run->mounts) add(graph.find_named(mount.from()));
    }
    return named;
}

std::vector<std::size_t> needed_stages(const StageGraph& graph, std::size_t target, const Variables& global, const WordRules& rules) {
    std::vector<bool> needed(graph.stages.size(), false);
    std::vector<std::size_t> open{target};
    needed[target] = true;
    while (!open.empty()) {
        const std::size_t number = open.back();
        open.pop_back();
        for (const std::size_t other : stages_named_by(graph, graph.stages[number], global, rules)) {
            if (!needed[other]) open.push_back(other);
            needed[other] = true;
        }
    }
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < needed.size(); ++i)
        if (needed[i]) out.push_back(i);
    return out;
}

}  // namespace mabplan::compiler
