#include "runtime/sys/id_map.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <optional>

namespace mabplan::runtime {

std::vector<IdRange> parse_id_map(std::string_view text) {
    std::vector<IdRange> ranges;
    for (const std::string_view line : split(text, '\n')) {
        const std::vector<std::string_view> parts = split_blanks(line);
        if (parts.size() != 3) continue;
        const auto inside = parse_unsigned(parts[0]);
        const auto outside = parse_unsigned(parts[1]);
        const auto count = parse_unsigned(parts[2]);
        if (inside && outside && count) ranges.push_back({*inside, *outside, *count});
    }
    return ranges;
}

std::vector<SubordinateRange> parse_subordinate_ranges(std::string_view text) {
    std::vector<SubordinateRange> ranges;
    for (const std::string_view line : split(text, '\n')) {
        const std::vector<std::string_view> parts = split(trim(line), ':');
        if (parts.size() != 3) continue;
        const auto first = parse_unsigned(parts[1]);
        const auto count = parse_unsigned(parts[2]);
        if (first && count) ranges.push_back({parts[0], *first, *count});
    }
    return ranges;
}

std::vector<IdRange> identity_map(const std::vector<IdRange>& current) {
    std::vector<IdRange> ranges;
    for (const IdRange& range : current) ranges.push_back({range.inside, range.inside, range.count});
    return ranges;
}

std::vector<IdRange> subordinate_map(std::uint32_t id, std::string_view user_name, std::uint32_t uid, std::string_view subordinate_text) {
    std::vector<IdRange> ranges{{0, id, 1}};
    std::uint64_t next = 1;
    for (const SubordinateRange& range : parse_subordinate_ranges(subordinate_text)) {
        const bool is_his = range.user == user_name || parse_unsigned(range.user) == std::optional<std::uint64_t>(uid);
        if (!is_his || range.count == 0) continue;
        ranges.push_back({next, range.first, range.count});
        next += range.count;
    }
    return ranges;
}

std::string format_id_map(const std::vector<IdRange>& ranges) {
    std::string text;
    for (const IdRange& range : ranges) text += format("{} {} {}\n", range.inside, range.outside, range.count);
    return text;
}

std::uint64_t count_ids(const std::vector<IdRange>& ranges) {
    std::uint64_t total = 0;
    for (const IdRange& range : ranges) total += range.count;
    return total;
}

}  // namespace mabplan::runtime
