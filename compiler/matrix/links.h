// Joins targets: `target:` contexts and depends_on find the target they mean, and that gets the platforms it is needed for. Knows
// how axis values pair; does not read YAML.
#pragma once

#include "compiler/matrix/mistakes.h"
#include "compiler/matrix/target_reader.h"

#include <functional>
#include <vector>

namespace mabplan::compiler {

using NeededCell = std::function<Cell(const ExpandedTarget&, const Platform&)>;

// A name means the target of that name; or, of a target with axes, the one whose values equal those of the asking target where
// both have the axis. Contexts need exactly one; depends_on takes all that fit. Reports names that mean nothing or several,
// a platform that the wanted target excludes, and circles.
void link_targets(std::vector<ExpandedTarget>& targets, const NeededCell& read_needed, Mistakes& mistakes);

}  // namespace mabplan::compiler
