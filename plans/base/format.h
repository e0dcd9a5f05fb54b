// The one door to fmt.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace mabplan {

using fmt::format;
using fmt::join;

}  // namespace mabplan
