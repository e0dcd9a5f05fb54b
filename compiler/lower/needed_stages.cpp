#include "compiler/lower/needed_stages.h"

#include "compiler/dockerfile/mount.h"
#include "plans/base/format.h"

#include <variant>

namespace mabplan::compiler {

namespace {

struct Use {
    std::size_t stage;
    const Instruction* instruction;
};

// What a stage takes files from, in the order of its instructions.
std::vector<Use> uses_of(const StageGraph& graph, const Stage& stage) {
    std::vector<Use> uses;
    const auto add = [&](const Instruction& instruction, std::optional<std::size_t> number) {
        if (number) uses.push_back({*number, &instruction});
    };
    for (const Instruction* instruction : stage.instructions) {
        if (const Copy* copy = std::get_if<Copy>(&instruction->body); copy != nullptr && !copy->from.empty())
            add(*instruction, graph.find(copy->from));
        if (const Run* run = std::get_if<Run>(&instruction->body))
            for (const MountText& mount : run->mounts) add(*instruction, graph.find_named(mount.from()));
    }
    return uses;
}

// One stage on the way of a search: its uses, and how many of them were followed.
struct Open {
    std::size_t stage;
    std::vector<Use> uses;
    std::size_t next = 0;
};

Failure circle_error(const StageGraph& graph, const std::vector<Open>& path, const Use& closing) {
    const auto name = [&](std::size_t number) { return graph.stages[number].display_name(); };
    std::string way;
    bool inside = false;
    for (const Open& open : path) {
        inside = inside || open.stage == closing.stage;
        if (inside) way += name(open.stage) + " takes files from ";
    }
    return fail(Error{ErrorKind::Input,
                      format("circular dependency detected on stage: {}", name(path.front().stage)),
                      closing.instruction->place,
                      {},
                      "a stage can take files only from stages that do not need it",
                      format("  {}{}", way, name(closing.stage))});
}

}  // namespace

Status refuse_circles(const StageGraph& graph) {
    enum class Mark { New, Open, Done };
    std::vector<Mark> marks(graph.stages.size(), Mark::New);
    for (const Stage& first : graph.stages) {
        if (marks[first.number] != Mark::New) continue;
        std::vector<Open> path{{first.number, uses_of(graph, first)}};
        marks[first.number] = Mark::Open;
        while (!path.empty()) {
            Open& open = path.back();
            if (open.next == open.uses.size()) {
                marks[open.stage] = Mark::Done;
                path.pop_back();
                continue;
            }
            const Use use = open.uses[open.next++];
            if (marks[use.stage] == Mark::Open) return circle_error(graph, path, use);
            if (marks[use.stage] == Mark::Done) continue;
            marks[use.stage] = Mark::Open;
            path.push_back({use.stage, uses_of(graph, graph.stages[use.stage])});
        }
    }
    return {};
}

std::vector<std::size_t> stages_named_by(const StageGraph& graph, const Stage& stage, const Variables& global, const WordRules& rules) {
    std::vector<std::size_t> named;
    if (const auto image = expand_word(std::get<From>(stage.from->body).image, global, rules))
        if (const auto base = graph.find_earlier(*image, stage.number)) named.push_back(*base);
    for (const Use& use : uses_of(graph, stage)) named.push_back(use.stage);
    return named;
}

std::vector<std::size_t> needed_stages(const StageGraph& graph, std::size_t target, const Variables& global, const WordRules& rules,
                                       const std::function<bool(const Stage&)>& is_replaced) {
    std::vector<bool> needed(graph.stages.size(), false);
    std::vector<std::size_t> open{target};
    needed[target] = true;
    while (!open.empty()) {
        const std::size_t number = open.back();
        open.pop_back();
        if (is_replaced && is_replaced(graph.stages[number])) continue;
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
