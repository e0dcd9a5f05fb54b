// The `matrix` of a target: its axes, and what is added to and taken from their product. Does not know targets.
#pragma once

#include "compiler/matrix/matrix.h"
#include "compiler/matrix/node_reader.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace mabplan::compiler {

struct Axis {
    std::string name;
    std::vector<std::string> values;  // differ
    SourcePlace place;
};

// An item of include or exclude: values of some axes, and perhaps a platform.
struct AxisPattern {
    Settings axes;
    std::optional<Platform> platform;
    SourcePlace place;
};

struct Axes {
    std::vector<Axis> axes;
    std::vector<AxisPattern> exclude, include;
};

// `matrix` is interpolated. Reports wrong types, axes without values, values that come twice, unknown axes in include and exclude,
// an include that leaves an axis out, more than `max_cells` combinations or items of include or exclude.
Axes read_axes(const YamlEntry& matrix, const Platform& host, std::size_t max_cells, NodeReader& reader);

// The product, the first axis varying slowest. Without axes: one combination without values.
std::vector<Settings> axis_product(const Axes& axes);

// True if all that the pattern says of axes holds here; its platform is the caller's.
bool matches_axes(const AxisPattern& pattern, const Settings& values);

// A platform as the file writes it: os/arch or os/arch/variant, normalised. Nothing after a reported mistake.
std::optional<Platform> read_platform(const YamlNode& node, const Platform& host, NodeReader& reader);

}  // namespace mabplan::compiler
