// A target whose images are built: what is exported. A plain value; does not know the actions behind it.
#pragma once

#include "plans/model/plan.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace mabplan::runtime {

struct BuiltTarget {
    Target target;                            // with the cells that were built
    std::vector<std::vector<Digest>> chains;  // of each cell: the diff_ids of its layers, bottom first
};

// The time of the newest image, in seconds since 1970; nothing if its times are kept.
inline std::optional<std::int64_t> newest_of(const Target& target) {
    std::optional<std::int64_t> newest;
    for (const Cell& cell : target.cells) newest = std::max(newest, cell.created);
    return newest;
}

}  // namespace mabplan::runtime
