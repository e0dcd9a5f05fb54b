#include "compiler/matrix/units.h"

#include "plans/base/text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace mabplan::compiler {

namespace {

// Takes "12" or "1.5" off the front; nothing if there is no number. More than 15 digits on either side of the point are refused:
// no amount needs them, and what is left is exact in a double.
std::optional<double> take_number(std::string_view& text) {
    constexpr std::size_t kMostDigits = 15;
    const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
    const std::string_view number = text.substr(0, end);
    const std::size_t point = number.find('.');
    const std::string_view whole = number.substr(0, point);
    const std::string_view fraction = point == std::string_view::npos ? std::string_view("0") : number.substr(point + 1);
    const auto left = parse_unsigned(whole), right = parse_unsigned(fraction);
    if (!left || !right || whole.size() > kMostDigits || fraction.size() > kMostDigits) return std::nullopt;
    text.remove_prefix(end);
    return static_cast<double>(*left) + static_cast<double>(*right) / std::pow(10.0, static_cast<double>(fraction.size()));
}

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text, SizeUnits units) {
    constexpr std::string_view kLetters = "kmgt";
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    std::string unit = to_lower(trim(text));
    double factor = 1;
    if (!unit.empty() && kLetters.find(unit[0]) != std::string_view::npos) {
        const bool binary = units == SizeUnits::Binary || unit.substr(1) == "ib";
        factor = std::pow(binary ? 1024.0 : 1000.0, static_cast<double>(kLetters.find(unit[0]) + 1));
        unit.erase(0, 1);
        if (unit == "ib") unit.clear();
    }
    if (!unit.empty() && unit != "b") return std::nullopt;
    const double bytes = *number * factor;
    if (bytes >= 9.2e18) return std::nullopt;
    return static_cast<std::uint64_t>(bytes);
}

std::optional<std::uint64_t> parse_duration_ms(std::string_view text) {
    struct Unit {
        std::string_view name;
        double ms;
    };
    constexpr std::array<Unit, 4> kUnits{{{"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};
    if (text.empty()) return std::nullopt;
    double total = 0;
    while (!text.empty()) {
        const auto number = take_number(text);
        const std::string_view name = text.substr(0, text.find_first_of("0123456789."));
        const auto unit = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& known) { return known.name == name; });
        if (!number || unit == kUnits.end()) return std::nullopt;
        total += *number * unit->ms;
        text.remove_prefix(name.size());
    }
    if (total > 10'000.0 * 3'600'000.0) return std::nullopt;
    return static_cast<std::uint64_t>(std::llround(total));
}

}  // namespace mabplan::compiler
