// From declared targets to Targets: cells, builds, names, outputs. `target:` contexts and depends_on keep the names of the file;
// links.h pairs them.
#pragma once

#include "compiler/matrix/target_cells.h"

#include <cstddef>
#include <vector>

namespace mabplan::compiler {

struct ExpandedTarget {
    Target target;
    const DeclaredTarget* declared = nullptr;
    std::vector<Platform> excluded;  // by `exclude` of the matrix
};

class TargetReader {
public:
    // Refers to its arguments; so do the targets to what they were declared by.
    TargetReader(const CellRules& rules, NodeReader& reader) : rules_(rules), reader_(reader) {}

    // One target for each combination of its axes.
    std::vector<ExpandedTarget> read(const DeclaredTarget& declared);
    // The target on a platform that its own list does not have.
    Cell read_needed_cell(const ExpandedTarget& target, const Platform& platform);

private:
    Target read_target(const DeclaredTarget& declared, const AxisCell& cell);
    Cell read_cell(const DeclaredTarget& declared, const Settings& axes, const PlatformChoice& choice);
    void check_distinct(const std::vector<ExpandedTarget>& targets);
    bool charge(const DeclaredTarget& declared);

    const CellRules& rules_;
    NodeReader& reader_;
    std::size_t nodes_ = 0;  // read so far, over all cells
};

}  // namespace mabplan::compiler
