// Which stages a target needs, as far as the Dockerfile alone tells: bases, COPY --from, RUN --mount=from. What ONBUILD triggers of
// base images add is found when they are resolved.
#pragma once

#include "compiler/dockerfile/shell_words.h"
#include "compiler/stages/stage_graph.h"
#include "plans/base/result.h"

#include <cstddef>
#include <functional>
#include <vector>

namespace mabplan::compiler {

// In ascending order, the target included. `global` expands the images of FROM; what can't be expanded is left out. A stage that is
// replaced needs nothing.
std::vector<std::size_t> needed_stages(const StageGraph& graph, std::size_t target, const Variables& global, const WordRules& rules,
                                       const std::function<bool(const Stage&)>& is_replaced = {});
// The stages that one stage names itself.
std::vector<std::size_t> stages_named_by(const StageGraph& graph, const Stage& stage, const Variables& global, const WordRules& rules);

// An Input error at the instruction that closes a circle of COPY --from and RUN --mount=from, with the stages that it goes through;
// stages that no target needs are looked at too.
Status refuse_circles(const StageGraph& graph);

}  // namespace mabplan::compiler
