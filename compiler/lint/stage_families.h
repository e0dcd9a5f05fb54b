// Which stages are built on one another by FROM, and which of them only hand files to others by COPY --from. Reads names as they
// stand in the text: a FROM with variables in it begins a family of its own.
#pragma once

#include "compiler/stages/stage_graph.h"

#include <cstddef>
#include <set>
#include <vector>

namespace mabplan::compiler {

class StageFamilies {
public:
    StageFamilies() = default;
    explicit StageFamilies(const StageGraph& graph);

    // The stage at the bottom: its FROM decides what platform the family is made for.
    std::size_t first_of(std::size_t stage) const { return stage < firsts_.size() ? firsts_[stage] : stage; }
    // Whether a stage outside of the family copies from it. `first`: its first stage.
    bool is_copied_from(std::size_t first) const { return copied_.contains(first); }

private:
    std::vector<std::size_t> firsts_;
    std::set<std::size_t> copied_;
};

}  // namespace mabplan::compiler
