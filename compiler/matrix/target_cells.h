// Which cells a target has: combinations of its axes, each with its platforms. Knows platforms, exclude and include; does not know
// what is built.
#pragma once

#include "compiler/matrix/axes.h"
#include "compiler/matrix/interpolate.h"
#include "compiler/matrix/target_node.h"

#include <vector>

namespace mabplan::compiler {

// One platform of a target, with what the file says of it alone.
struct PlatformChoice {
    Platform platform;
    Runner runner = Runner::Auto;
    bool optional = false;
    YamlNode overrides;  // a map of build keys, not yet interpolated
    SourcePlace place;
};

// One value for each axis, and the platforms it is built for.
struct AxisCell {
    Settings axes;
    std::vector<PlatformChoice> platforms;  // in the order of the file; differ
    std::vector<Platform> excluded;
    std::vector<Platform> not_requested;  // of the file, where the command line asks for others
};

// What a whole reading works with.
struct CellRules {
    const Environment& environment;
    Platform host;
    std::vector<Platform> requested;     // not empty: in place of the file's
    const YamlEntry* default_platforms;  // of the root; may be null
    std::size_t max_cells;               // of one target
};

// The platforms of a target as `platforms` lists them: reports what is malformed and what comes twice.
std::vector<PlatformChoice> read_platforms(const YamlEntry& platforms, const Variables& variables, const Platform& host,
                                           NodeReader& reader);

// Cells in the order of the product, then of include; without those whose platforms are all excluded. Reports an exclude that
// matches nothing, an include that adds nothing, a target of which nothing is left.
std::vector<AxisCell> expand_cells(const DeclaredTarget& target, const CellRules& rules, NodeReader& reader);

}  // namespace mabplan::compiler
