// The times that files of an image may have, in seconds since 1970.
#pragma once

#include <cstdint>

namespace mabplan {

inline constexpr std::int64_t kEarliestTime = 315532800;  // 1980-01-01: earlier ones do not fit into a zip archive
// 2242-03-16, the last that eleven octal digits of a tar header hold; file systems end later.
inline constexpr std::int64_t kLatestTime = (std::int64_t{1} << 33) - 1;

}  // namespace mabplan
