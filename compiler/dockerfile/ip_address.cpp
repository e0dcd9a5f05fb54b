#include "compiler/dockerfile/ip_address.h"

#include "plans/base/text.h"

#include <algorithm>

namespace mabplan::compiler {

namespace {

bool is_ipv4(std::string_view text) {
    const auto parts = split(text, '.');
    return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
               const auto value = parse_unsigned(part);
               return value && *value <= 255 && (part.size() == 1 || part[0] != '0');
           });
}

// The 16-bit groups in a run of "a:b:c", a dotted IPv4 at its end counting as two; -1 if it is none. Empty is no groups.
int count_groups(std::string_view text, bool allow_ipv4) {
    if (text.empty()) return 0;
    const auto parts = split(text, ':');
    int groups = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const bool last = i + 1 == parts.size();
        if (last && allow_ipv4 && is_ipv4(parts[i])) return groups + 2;
        if (parts[i].size() > 4 || !parse_unsigned(parts[i], 16)) return -1;
        ++groups;
    }
    return groups;
}

bool is_ipv6(std::string_view text) {
    const std::size_t gap = text.find("::");
    if (gap == std::string_view::npos) return count_groups(text, true) == 8;
    const int before = count_groups(text.substr(0, gap), false);
    const int behind = count_groups(text.substr(gap + 2), true);
    return before >= 0 && behind >= 0 && before + behind < 8;
}

}  // namespace

bool is_ip_address(std::string_view text) { return is_ipv4(text) || is_ipv6(text); }

}  // namespace mabplan::compiler
