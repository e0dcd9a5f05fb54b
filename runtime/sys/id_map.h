// Which ids a user namespace gets: the lines of uid_map and gid_map (user_namespaces(7)), and where they come from. Texts in,
// values out; reads no file and knows no process.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

struct IdRange {
    std::uint64_t inside = 0;
    std::uint64_t outside = 0;
    std::uint64_t count = 0;
    bool operator==(const IdRange&) const = default;
};

// The text of /proc/self/uid_map: lines of "inside outside count". Lines that are none are left out.
std::vector<IdRange> parse_id_map(std::string_view text);
// A line of /etc/subuid or /etc/subgid (subuid(5)): a range and whose it is.
struct SubordinateRange {
    std::string_view user;  // name or number, in the text
    std::uint64_t first = 0;
    std::uint64_t count = 0;
};
// Lines that are none are left out.
std::vector<SubordinateRange> parse_subordinate_ranges(std::string_view text);

// Every id that `current` offers onto itself; what a root of this namespace passes on.
std::vector<IdRange> identity_map(const std::vector<IdRange>& current);
// 0 is `id`; from 1 on the ranges that a text as /etc/subuid gives the user by name or number (subuid(5)), one after the other.
// Only the first range (0) if there is none.
std::vector<IdRange> subordinate_map(std::uint32_t id, std::string_view user_name, std::uint32_t uid, std::string_view subordinate_text);

std::string format_id_map(const std::vector<IdRange>& ranges);  // what is written to uid_map
std::uint64_t count_ids(const std::vector<IdRange>& ranges);

}  // namespace mabplan::runtime
