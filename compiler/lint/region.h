// A place as programs outside want it: lines and columns from 1, columns in characters, the end behind the last character.
#pragma once

#include "plans/base/source_text.h"

#include <cstddef>
#include <optional>

namespace mabplan::compiler {

struct Region {
    std::size_t line = 0;
    std::size_t column = 0;  // 0: the lines as a whole, then end_column is 0 as well
    std::size_t end_line = 0;
    std::size_t end_column = 0;
};

// Nothing for a place without a line.
std::optional<Region> region_of(const SourcePlace& place);

}  // namespace mabplan::compiler
