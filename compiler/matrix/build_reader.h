// From the tree of one target on one platform to a Build. The tree is interpolated, its list forms are normalised and overrides
// are merged in.
#pragma once

#include "compiler/matrix/matrix.h"
#include "compiler/matrix/node_reader.h"
#include "compiler/ports/environment.h"

#include <vector>

namespace mabplan::compiler {

// Keys that are not of a Build are passed over. Mistakes go to the reader; what is at fault keeps its default.
Build read_build(const YamlNode& target, const Environment& environment, NodeReader& reader);

// `output`, `cache_from`, `cache_to`: a list of "type=…,k=v" or maps.
enum class SpecForm { Output, Cache };
std::vector<OutputSpec> read_specs(const YamlEntry& entry, SpecForm form, NodeReader& reader);

}  // namespace mabplan::compiler
