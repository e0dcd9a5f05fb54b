// The values of mount options: switches, numbers, sizes. Behind mount.h.
#pragma once

#include "plans/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace mabplan::compiler {

// 1 t T true True TRUE, and 0 f F false False FALSE (Go, strconv.ParseBool). `option` names it in the message, as in the others.
Result<bool> parse_switch(std::string_view option, std::string_view value);
Result<std::uint32_t> parse_id(std::string_view option, std::string_view value);
Result<std::uint32_t> parse_octal_mode(std::string_view option, std::string_view value);
// Bytes: "64m", "1.5GiB", "512"; units of 1024.
Result<std::uint64_t> parse_size(std::string_view option, std::string_view value);

}  // namespace mabplan::compiler
