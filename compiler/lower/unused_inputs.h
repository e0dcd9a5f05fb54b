// Build arguments and named contexts that were given and that nothing takes: most often a slip of the pen. Reads Dockerfiles and what
// bases trigger; lowers nothing.
#pragma once

#include "compiler/matrix/matrix.h"
#include "compiler/stages/stage_graph.h"

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace mabplan::compiler {

struct UnusedInput {
    enum class Kind { Argument, Context };
    Kind kind = Kind::Argument;
    std::string name;
    SourcePlace place;   // without a text where a flag gave it
    std::string target;  // the first that has it
    bool used = false;
    std::vector<std::string> known;  // what could have been meant
};

class UnusedInputs {
public:
    // What a cell was lowered from, also where that failed. All stages count, those too that nobody needs. `triggers`: the instructions
    // that its bases had waiting.
    void look_at(const Target& target, const Cell& cell, const StageGraph& graph, const std::vector<std::string>& triggers);
    // In the order of targets. What a file says once for several targets is left out where one of them takes it, or was not looked at.
    std::vector<Warning> warnings(const Matrix& matrix) const;

private:
    UnusedInput& entry(UnusedInput::Kind kind, const std::string& name, const SourcePlace& place, const Target& target);

    std::vector<UnusedInput> entries_;
    std::set<std::string> looked_at_;  // names of targets
};

}  // namespace mabplan::compiler
