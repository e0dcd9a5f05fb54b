// Amounts as people write them: sizes in bytes, durations. Texts to numbers; no places.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mabplan::compiler {

// What "GB" means: 1000^3 for disks and caches, 1024^3 for memory, as docker reads each.
enum class SizeUnits { Decimal, Binary };

// "20GB", "1.5 g", "512", "64KiB": bytes, rounded down. KiB, MiB, GiB, TiB are binary in either case. Letter case does not
// matter. Nothing for other texts and for what does not fit into 63 bits.
std::optional<std::uint64_t> parse_size(std::string_view text, SizeUnits units);

// "1h30m", "90s", "1.5m", "250ms": milliseconds. h, m, s, ms, each with its number (compose-spec, "Specifying durations").
// Nothing for other texts, and for what is longer than 10000 hours.
std::optional<std::uint64_t> parse_duration_ms(std::string_view text);

}  // namespace mabplan::compiler
