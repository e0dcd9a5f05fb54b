// Base64 with padding (RFC 4648, section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mabplan {

std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);  // padding may be left out

}  // namespace mabplan
