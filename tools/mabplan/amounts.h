// Ages, durations and sizes as the commands that look after the store read and write them. Texts and numbers; no clock.
#pragma once

#include "plans/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace mabplan::tools {

std::string age_text(std::int64_t seconds);  // "3 min"
// "90s", "48h", "7d": seconds.
Result<std::int64_t> parse_age(const std::string& text);
// "20GB", of what `name` says ("--max-used-space").
Result<std::uint64_t> parse_amount(std::string_view name, const std::string& text);

}  // namespace mabplan::tools
