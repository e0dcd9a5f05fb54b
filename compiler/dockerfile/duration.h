// Durations as HEALTHCHECK writes them: "1m30s", "1.5h", "250ms" (Go, time.ParseDuration). Units: ns us µs ms s m h.
#pragma once

#include "plans/base/result.h"

#include <chrono>
#include <string_view>

namespace mabplan::compiler {

Result<std::chrono::nanoseconds> parse_duration(std::string_view text);

}  // namespace mabplan::compiler
