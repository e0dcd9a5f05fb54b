// Dates of HTTP (RFC 9110, section 5.6.7) in seconds since 1970.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace mabplan::runtime {

// All three forms that a recipient must read; nothing for anything else.
std::optional<std::int64_t> parse_http_date(const std::string& text);
// The form that a sender must write: "Sun, 06 Nov 1994 08:49:37 GMT". In no locale.
std::string format_http_date(std::int64_t seconds);

}  // namespace mabplan::runtime
