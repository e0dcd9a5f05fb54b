#include "runtime/http/http_date.h"

#include "plans/base/format.h"

#include <array>
#include <ctime>

namespace mabplan::runtime {

std::optional<std::int64_t> parse_http_date(const std::string& text) {
    for (const char* form : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
        std::tm date{};
        const char* end = ::strptime(text.c_str(), form, &date);
        if (end != nullptr && *end == '\0') return ::timegm(&date);
    }
    return std::nullopt;
}

std::string format_http_date(std::int64_t seconds) {
    constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t time = seconds;
    std::tm date{};
    ::gmtime_r(&time, &date);
    return format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays.at(static_cast<std::size_t>(date.tm_wday)), date.tm_mday,
                  kMonths.at(static_cast<std::size_t>(date.tm_mon)), date.tm_year + 1900, date.tm_hour, date.tm_min, date.tm_sec);
}

}  // namespace mabplan::runtime
