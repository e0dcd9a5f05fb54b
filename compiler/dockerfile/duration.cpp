#include "compiler/dockerfile/duration.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>

namespace mabplan::compiler {

namespace {

struct Unit {
    std::string_view name;
    std::int64_t nanoseconds;
};

// The longer names first: "ms" is not "m" and an "s".
constexpr std::array<Unit, 8> kUnits{{{"ns", 1},
                                      {"us", 1'000},
                                      {"\xc2\xb5s", 1'000},  // micro sign
                                      {"\xce\xbcs", 1'000},  // Greek mu
                                      {"ms", 1'000'000},
                                      {"s", 1'000'000'000},
                                      {"m", 60'000'000'000},
                                      {"h", 3'600'000'000'000}}};

constexpr long double kMost = static_cast<long double>(std::numeric_limits<std::int64_t>::max());

// A number of units with the part that is left, without zeros at its end: "1.5".
std::string format_count(std::int64_t nanoseconds, std::int64_t unit) {
    const std::string text = format("{}", nanoseconds / unit);
    std::string fraction;
    for (std::int64_t rest = nanoseconds % unit; rest != 0; rest %= unit) {
        unit /= 10;
        fraction += static_cast<char>('0' + rest / unit);
    }
    return fraction.empty() ? text : text + "." + fraction;
}

std::string_view take_digits(std::string_view& text) {
    const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
    const std::string_view digits = text.substr(0, end);
    text.remove_prefix(end);
    return digits;
}

// One "1.5h", taken off the front.
std::optional<long double> take_part(std::string_view& text) {
    const std::string_view whole = take_digits(text);
    std::string_view fraction;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        fraction = take_digits(text);
    }
    if (whole.empty() && fraction.empty()) return std::nullopt;
    const auto unit = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& each) { return text.starts_with(each.name); });
    if (unit == kUnits.end()) return std::nullopt;
    text.remove_prefix(unit->name.size());
    long double value = 0;
    for (const char digit : whole) value = value * 10 + (digit - '0');
    long double weight = 1;
    for (const char digit : fraction) value += (weight /= 10) * (digit - '0');
    return value * static_cast<long double>(unit->nanoseconds);
}

}  // namespace

Result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
    const auto refuse = [&]() -> Failure {
        return fail(ErrorKind::Input, format("{} is no duration", quoted(text)), "a duration is like 30s, 1m30s or 250ms");
    };
    std::string_view rest = text;
    const bool negative = rest.starts_with('-');
    if (negative || rest.starts_with('+')) rest.remove_prefix(1);
    if (rest == "0") return std::chrono::nanoseconds{0};
    if (rest.empty()) return refuse();
    long double total = 0;
    while (!rest.empty()) {
        const auto part = take_part(rest);
        if (!part) return refuse();
        total += *part;
        if (total >= kMost) return refuse();
    }
    const auto count = static_cast<std::int64_t>(total);
    return std::chrono::nanoseconds{negative ? -count : count};
}

std::string format_duration(std::chrono::nanoseconds duration) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    std::int64_t count = duration.count();
    if (count == 0) return "0s";
    const std::string sign = count < 0 ? "-" : "";
    if (count < 0) count = -count;
    if (count < 1'000) return format("{}{}ns", sign, count);
    if (count < 1'000'000) return format("{}{}\xc2\xb5s", sign, format_count(count, 1'000));
    if (count < kSecond) return format("{}{}ms", sign, format_count(count, 1'000'000));
    const std::int64_t minutes = count / kSecond / 60;
    std::string text = sign;
    if (minutes >= 60) text += format("{}h", minutes / 60);
    if (minutes > 0) text += format("{}m", minutes % 60);
    return text + format_count(count % (60 * kSecond), kSecond) + "s";
}

}  // namespace mabplan::compiler
