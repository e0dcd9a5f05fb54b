// A Dockerfile cut at its FROM lines. Knows names and numbers of stages; expands nothing, lowers nothing.
#pragma once

#include "compiler/dockerfile/ast.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mabplan::compiler {

struct Stage {
    std::size_t number = 0;
    std::string name;  // lower case; empty if it has none
    const Instruction* from = nullptr;
    std::vector<const Instruction*> instructions;  // those after FROM

    std::string display_name() const { return name.empty() ? "stage-" + std::to_string(number) : name; }
};

// Points into the Dockerfile it was made from, which must live longer.
struct StageGraph {
    SourceTextPtr source;
    std::vector<const Instruction*> global_arguments;  // ARG lines before the first FROM
    std::vector<Stage> stages;
    std::unordered_map<std::string, std::vector<std::size_t>> numbers;  // of each name, ascending

    // The last stage of exactly this name (names are lower case) before `before`: what FROM sees.
    std::optional<std::size_t> find_earlier(const std::string& name, std::size_t before) const;
    // What RUN --mount=from sees: the last stage of this name, in any case.
    std::optional<std::size_t> find_named(std::string_view name) const;
    // What COPY --from sees: a stage by its name, else by its number.
    std::optional<std::size_t> find(std::string_view name_or_number) const;
};

// Bounds a Dockerfile; the largest seen in public has 542.
inline constexpr std::size_t kMaxStages = 10000;

// An Input error for a Dockerfile without FROM, or with too many.
Result<StageGraph> cut_stages(const Dockerfile& dockerfile);

// The stage to build: the last, or the one of that name (in any case) or number. Unknown: an error with the nearest name.
Result<std::size_t> choose_target(const StageGraph& graph, const std::string& target);

}  // namespace mabplan::compiler
