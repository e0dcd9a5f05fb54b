#include "compiler/stages/stage_graph.h"

#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"

#include <algorithm>
#include <iterator>

namespace mabplan::compiler {

std::optional<std::size_t> StageGraph::find_earlier(const std::string& name, std::size_t before) const {
    const auto found = numbers.find(name);
    if (found == numbers.end()) return std::nullopt;
    const auto next = std::lower_bound(found->second.begin(), found->second.end(), before);
    if (next == found->second.begin()) return std::nullopt;
    return *std::prev(next);
}

std::optional<std::size_t> StageGraph::find_named(std::string_view name) const { return find_earlier(to_lower(name), stages.size()); }

std::optional<std::size_t> StageGraph::find(std::string_view name_or_number) const {
    if (const auto named = find_named(name_or_number)) return named;
    const auto number = parse_unsigned(name_or_number);
    if (number && *number < stages.size()) return static_cast<std::size_t>(*number);
    return std::nullopt;
}

Result<StageGraph> cut_stages(const Dockerfile& dockerfile) {
    StageGraph graph;
    graph.source = dockerfile.source;
    for (const Instruction& instruction : dockerfile.instructions) {
        if (const From* from = std::get_if<From>(&instruction.body)) {
            if (graph.stages.size() == kMaxStages)
                return input_error(instruction.place, format("the Dockerfile has more than {} stages", kMaxStages));
            if (!from->stage.empty()) graph.numbers[from->stage].push_back(graph.stages.size());
            graph.stages.push_back({graph.stages.size(), from->stage, &instruction, {}});
            continue;
        }
        if (!graph.stages.empty()) graph.stages.back().instructions.push_back(&instruction);
        else graph.global_arguments.push_back(&instruction);
    }
    if (graph.stages.empty()) return input_error(format("{} has no FROM: there is nothing to build", dockerfile.source->name()));
    return graph;
}

Result<std::size_t> choose_target(const StageGraph& graph, const std::string& target) {
    if (target.empty()) return graph.stages.size() - 1;
    if (const auto found = graph.find(target)) return *found;
    std::vector<std::string> names;
    for (const Stage& stage : graph.stages)
        if (!stage.name.empty()) names.push_back(stage.name);
    Error error{
        ErrorKind::Input, format("{} has no stage {}", graph.source->name(), quoted(target)), {}, {}, suggestion(target, names), {}};
    if (error.hint.empty() && !names.empty()) error.hint = format("its stages are: {}", join(names, ", "));
    return fail(std::move(error));
}

}  // namespace mabplan::compiler
