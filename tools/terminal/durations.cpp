#include "tools/terminal/durations.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace mabplan::tools {

std::string tenths(double seconds) {
    seconds = std::max(0.0, seconds);
    if (seconds < 59.95) return format("{:.1f}s", seconds);
    const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
    return whole < 3600 ? format("{}m{:02}s", whole / 60, whole % 60) : format("{}h{:02}m", whole / 3600, whole / 60 % 60);
}

std::string in_words(double seconds) {
    const auto whole = static_cast<std::uint64_t>(std::llround(std::max(0.0, seconds)));
    if (whole < 120) return format("{} s", whole);
    return whole < 7200 ? format("{} min", (whole + 30) / 60) : format("{} h", (whole + 1800) / 3600);
}

std::string rate_text(double bytes_per_second) { return format_bytes(static_cast<std::uint64_t>(std::max(0.0, bytes_per_second))) + "/s"; }

}  // namespace mabplan::tools
