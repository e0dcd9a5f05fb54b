#include "plans/base/rfc3339.h"

#include "plans/base/format.h"

#include <charconv>
#include <chrono>

namespace mabplan {

namespace {

using namespace std::chrono;

// Takes pieces off the front of a text; once one is not as expected, all is refused.
class Pieces {
public:
    explicit Pieces(std::string_view text) : rest_(text) {}

    int number(std::size_t digits, int least, int most) {
        int value = 0;
        if (rest_.size() < digits) return refuse();
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + digits, value);
        if (error != std::errc() || end != rest_.data() + digits || value < least || value > most) return refuse();
        rest_.remove_prefix(digits);
        return value;
    }
    bool skip(std::string_view any_of) {
        if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void expect(std::string_view any_of) {
        if (!skip(any_of)) refuse();
    }
    void skip_digits() {
        expect("0123456789");
        while (skip("0123456789")) {
        }
    }
    char front() const { return rest_.empty() ? '\0' : rest_.front(); }
    bool done() const { return good_ && rest_.empty(); }

private:
    int refuse() {
        good_ = false;
        return 0;
    }

    std::string_view rest_;
    bool good_ = true;
};

// Seconds that local time is ahead of UTC.
int read_offset(Pieces& pieces) {
    if (pieces.skip("Zz")) return 0;
    const int sign = pieces.front() == '-' ? -1 : 1;
    pieces.expect("+-");
    const int hours = pieces.number(2, 0, 23);
    pieces.expect(":");
    return sign * (hours * 3600 + pieces.number(2, 0, 59) * 60);
}

}  // namespace

std::optional<std::int64_t> parse_rfc3339(std::string_view text) {
    Pieces pieces(text);
    const int years = pieces.number(4, 1, 9999);
    pieces.expect("-");
    const int months = pieces.number(2, 1, 12);
    pieces.expect("-");
    const int days = pieces.number(2, 1, 31);
    pieces.expect("Tt ");
    const int hours = pieces.number(2, 0, 23);
    pieces.expect(":");
    const int minutes = pieces.number(2, 0, 59);
    pieces.expect(":");
    const int seconds = pieces.number(2, 0, 60);  // a leap second
    if (pieces.skip(".")) pieces.skip_digits();
    const int ahead = read_offset(pieces);
    const year_month_day date{year{years}, month{static_cast<unsigned>(months)}, day{static_cast<unsigned>(days)}};
    if (!pieces.done() || !date.ok()) return std::nullopt;
    return std::int64_t{sys_days{date}.time_since_epoch().count()} * 86400 + std::int64_t{hours} * 3600 + std::int64_t{minutes} * 60 +
           seconds - ahead;
}

std::string format_rfc3339(std::int64_t seconds) {
    const sys_seconds moment{std::chrono::seconds{seconds}};
    const auto midnight = floor<std::chrono::days>(moment);
    const year_month_day date{midnight};
    const hh_mm_ss time{moment - midnight};
    return format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), time.hours().count(), time.minutes().count(), time.seconds().count());
}

}  // namespace mabplan
