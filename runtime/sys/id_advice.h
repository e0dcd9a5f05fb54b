// What to do where a user namespace maps too few ids: the number that is needed, and a range of /etc/subuid that is nobody's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mabplan::runtime {

// Ids that must be mapped; 0, which always is, where nothing more is known.
struct NeededIds {
    std::uint64_t uid = 0;
    std::uint64_t gid = 0;
};

// Who runs mabplan, and what is his.
struct IdHolder {
    std::string user;        // name, else number, outside of the namespace; empty: root, who has what the container around him has
    std::uint64_t uids = 1;  // how many are mapped, counted from 0
    std::uint64_t gids = 1;
    std::string subuid;  // the texts of /etc/subuid and /etc/subgid (subuid(5))
    std::string subgid;
};
// Of this process.
IdHolder read_id_holder();

std::string advise_ids(const IdHolder& holder, NeededIds needed);

// The first of `count` successive ids, at least 100000 (login.defs(5), SUB_UID_MIN), that no line of the text gives to anybody.
std::uint64_t first_free_id(std::string_view subordinate_text, std::uint64_t count);

}  // namespace mabplan::runtime
