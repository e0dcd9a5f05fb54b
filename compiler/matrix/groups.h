// Groups: names for several targets at once, and what a list of names on a command line means.
#pragma once

#include "compiler/matrix/matrix.h"
#include "compiler/matrix/node_reader.h"

#include <vector>

namespace mabplan::compiler {

// Members are targets, declared names of targets with axes, or other groups. Reports members that do not exist, circles, and a
// group that has the name of a target.
std::vector<Group> read_groups(const YamlEntry& entry, const std::vector<Target>& targets, NodeReader& reader);

}  // namespace mabplan::compiler
