// Times as images write them: RFC 3339, section 5.6.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mabplan {

// Whole seconds since 1970; a fraction is cut off. Nothing for what is no time, or lies before the year 1 or behind 9999.
std::optional<std::int64_t> parse_rfc3339(std::string_view text);
// In UTC: "1980-01-01T00:00:00Z".
std::string format_rfc3339(std::int64_t seconds);

}  // namespace mabplan
