#include "tools/mabplan/amounts.h"

#include "compiler/matrix/units.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mabplan::tools {

std::string age_text(std::int64_t seconds) {
    if (seconds < 120) return format("{} s", std::max<std::int64_t>(seconds, 0));
    if (seconds < 7200) return format("{} min", seconds / 60);
    if (seconds < 172800) return format("{} h", seconds / 3600);
    return format("{} d", seconds / 86400);
}

Result<std::int64_t> parse_age(const std::string& text) {
    const std::size_t end = text.find_first_not_of("0123456789");
    const auto number = parse_unsigned(text.substr(0, end));
    const std::string unit = end == std::string::npos ? "" : text.substr(end);
    constexpr std::array<std::pair<std::string_view, std::int64_t>, 4> kUnits{{{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}}};
    for (const auto& [name, factor] : kUnits)
        if (number && unit == name && *number <= static_cast<std::uint64_t>(INT64_MAX / factor))
            return static_cast<std::int64_t>(*number) * factor;
    return input_error(format("{} is no duration: expected a number with s, m, h or d", quoted(text)));
}

Result<std::uint64_t> parse_amount(std::string_view name, const std::string& text) {
    const auto bytes = compiler::parse_size(text, compiler::SizeUnits::Decimal);
    if (bytes) return *bytes;
    return input_error(format("{} {}: expected a number with B, kB, MB, GB or KiB, MiB, GiB", name, quoted(text)));
}

}  // namespace mabplan::tools
