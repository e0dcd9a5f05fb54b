#include "compiler/dockerfile/mount_values.h"

#include "plans/base/account_id.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace mabplan::compiler {

namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();

Failure wrong_value(std::string_view option, std::string_view value, std::string_view expected) {
    return input_error(format("invalid value {} for {}: {}", quoted(value), option, expected));
}

Result<std::uint32_t> parse_32_bits(std::string_view option, std::string_view value, int base, std::string_view expected) {
    const auto number = parse_unsigned(value, base);
    if (!number || *number > kMost) return wrong_value(option, value, expected);
    return static_cast<std::uint32_t>(*number);
}

// The power of 1024 of a unit like "m", "MB", "MiB", "b" or "".
std::optional<unsigned> parse_unit(std::string unit) {
    constexpr std::string_view kPrefixes = "kmgtp";
    if (unit.ends_with('b')) unit.pop_back();
    if (unit.ends_with('i')) unit.pop_back();
    if (unit.empty()) return 0;
    const std::size_t found = kPrefixes.find(unit[0]);
    if (unit.size() != 1 || found == std::string_view::npos) return std::nullopt;
    return static_cast<unsigned>(found + 1);
}

// "1.5" of a unit of 1024^power, rounded down.
std::optional<std::uint64_t> scale(std::string_view number, unsigned power) {
    const std::size_t dot = number.find('.');
    const auto whole = parse_unsigned(number.substr(0, dot));
    const std::uint64_t unit = std::uint64_t{1} << (10 * power);
    if (!whole || *whole > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / unit) return std::nullopt;
    if (dot == std::string_view::npos) return *whole * unit;
    const std::string_view decimals = number.substr(dot + 1);
    auto weight = static_cast<long double>(unit);
    long double fraction = 0;
    for (const char digit : decimals) {
        if (digit < '0' || digit > '9') return std::nullopt;
        fraction += (weight /= 10) * (digit - '0');
    }
    if (decimals.empty()) return std::nullopt;
    return *whole * unit + static_cast<std::uint64_t>(fraction);
}

}  // namespace

Result<bool> parse_switch(std::string_view option, std::string_view value) {
    if (const auto truth = parse_truth(value)) return *truth;
    return wrong_value(option, value, "true or false is expected");
}

Result<std::uint32_t> parse_id(std::string_view option, std::string_view value) {
    MABPLAN_CHECK(check_account_id(value));
    return parse_32_bits(option, value, 10, "a number is expected");
}

Result<std::uint32_t> parse_octal_mode(std::string_view option, std::string_view value) {
    return parse_32_bits(option, value, 8, "an octal number is expected");
}

Result<std::uint64_t> parse_size(std::string_view option, std::string_view value) {
    const std::size_t end = std::min(value.find_first_not_of("0123456789."), value.size());
    const auto power = parse_unit(to_lower(trim(value.substr(end))));
    const auto size = power ? scale(value.substr(0, end), *power) : std::nullopt;
    if (!size) return wrong_value(option, value, "a size like 64m or 1.5g is expected");
    return *size;
}

}  // namespace mabplan::compiler
