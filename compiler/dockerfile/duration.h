// Durations as HEALTHCHECK writes them: "1m30s", "1.5h", "250ms" (Go, time.ParseDuration). Units: ns us µs ms s m h.
#pragma once

#include "plans/base/result.h"

#include <chrono>
#include <string>
#include <string_view>

namespace mabplan::compiler {

Result<std::chrono::nanoseconds> parse_duration(std::string_view text);
// As Go writes them: "1h0m0s", "1.5s", "250ms", "0s".
std::string format_duration(std::chrono::nanoseconds duration);

}  // namespace mabplan::compiler
