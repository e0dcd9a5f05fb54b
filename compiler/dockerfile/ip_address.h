// The text forms of IP addresses (RFC 4291, section 2.2; dotted IPv4 without leading zeros). Only tells whether a text is one.
#pragma once

#include <string_view>

namespace mabplan::compiler {

bool is_ip_address(std::string_view text);

}  // namespace mabplan::compiler
