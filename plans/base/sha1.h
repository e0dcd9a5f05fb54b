// SHA-1 (FIPS 180-4), for formats of others that name it; it proves nothing against who wants to deceive.
#pragma once

#include <string>
#include <string_view>

namespace mabplan {

std::string sha1_hex(std::string_view bytes);  // lower case

}  // namespace mabplan
