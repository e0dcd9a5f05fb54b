#include "runtime/sys/id_advice.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "runtime/sys/id_map.h"

#include <pwd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kFirstSubordinate = 100000;
constexpr std::uint64_t kUsualRange = 65536;
constexpr std::uint64_t kIdLimit = 0xffffffff;  // (uid_t)-1 is none
constexpr std::uint64_t kMaxBytes = 1U << 20U;

// One side of usermod's arguments; empty if nothing is lacking, nothing at all if there can't be so many.
std::optional<std::string> range_argument(std::string_view flag, std::string_view text, std::uint64_t more) {
    if (more == 0) return std::string{};
    const std::uint64_t count = (more + kUsualRange - 1) / kUsualRange * kUsualRange;
    const std::uint64_t first = first_free_id(text, count);
    if (first + count > kIdLimit) return std::nullopt;
    return format(" {} {}-{}", flag, first, first + count - 1);
}

bool is_unused(const IdHolder& holder) {
    const auto has = [&](std::string_view text) {
        const std::vector<SubordinateRange> ranges = parse_subordinate_ranges(text);
        return std::any_of(ranges.begin(), ranges.end(), [&](const SubordinateRange& range) { return range.user == holder.user; });
    };
    return holder.uids == 1 && holder.gids == 1 && has(holder.subuid) && has(holder.subgid);
}

std::uint64_t lacking(std::uint64_t needed, std::uint64_t there) { return needed > there ? needed - there : 0; }

std::string number_of_user(std::uint64_t uid) {
    std::array<char, 16384> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(static_cast<uid_t>(uid), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
        return format("{}", uid);
    return found->pw_name;
}

struct Mapped {
    std::uint64_t outside = 0;  // of id 0
    std::uint64_t count = 0;    // from 0 on without a gap
};

Mapped read_map(const std::string& path) {
    Mapped mapped;
    for (const IdRange& range : parse_id_map(read_file(path, kMaxBytes).value_or(std::string()))) {
        if (range.inside == 0) mapped.outside = range.outside;
        if (range.inside == mapped.count) mapped.count += range.count;
    }
    return mapped;
}

}  // namespace

std::uint64_t first_free_id(std::string_view subordinate_text, std::uint64_t count) {
    std::vector<SubordinateRange> taken = parse_subordinate_ranges(subordinate_text);
    std::sort(taken.begin(), taken.end(), [](const SubordinateRange& a, const SubordinateRange& b) { return a.first < b.first; });
    std::uint64_t first = kFirstSubordinate;
    for (const SubordinateRange& range : taken) {
        if (range.first >= first + count) break;
        first = std::max(first, range.first + range.count);
    }
    return first;
}

IdHolder read_id_holder() {
    const Mapped uids = read_map("/proc/self/uid_map"), gids = read_map("/proc/self/gid_map");
    IdHolder holder;
    holder.uids = std::max<std::uint64_t>(uids.count, 1);
    holder.gids = std::max<std::uint64_t>(gids.count, 1);
    if (uids.outside == 0) return holder;
    holder.user = number_of_user(uids.outside);
    holder.subuid = read_file("/etc/subuid", kMaxBytes).value_or(std::string());
    holder.subgid = read_file("/etc/subgid", kMaxBytes).value_or(std::string());
    return holder;
}

std::string advise_ids(const IdHolder& holder, NeededIds needed) {
    const std::uint64_t uids = needed.uid + 1, gids = needed.gid + 1, most = std::max(uids, gids);
    if (holder.user.empty())
        return format("{} ids are needed, and the container or user namespace that mabplan runs in has {}: give it more", most,
                      std::min(holder.uids, holder.gids));
    if (is_unused(holder))
        return format("the ranges that the user {} has in /etc/subuid and /etc/subgid can't be used here: `mabplan doctor` says why",
                      holder.user);
    std::uint64_t more_uids = lacking(uids, holder.uids), more_gids = lacking(gids, holder.gids);
    if (more_uids == 0 && more_gids == 0) more_uids = more_gids = kUsualRange;
    if (holder.uids == 1) more_uids = std::max(more_uids, kUsualRange);
    if (holder.gids == 1) more_gids = std::max(more_gids, kUsualRange);
    const auto for_uids = range_argument("--add-subuids", holder.subuid, more_uids);
    const auto for_gids = range_argument("--add-subgids", holder.subgid, more_gids);
    const std::string there = holder.uids == 1 || holder.gids == 1
                                  ? format("the user {} has no range in {}", holder.user, holder.uids == 1 ? "/etc/subuid" : "/etc/subgid")
                                  : format("the user {} has {} ids", holder.user, std::min(holder.uids, holder.gids));
    const bool says_ids = holder.uids > 1 && holder.gids > 1;
    const std::string number = most == 1 ? there : format("{}, and {}{} are needed", there, most, says_ids ? "" : " ids");
    if (!for_uids || !for_gids) return number + ", more than any range of /etc/subuid can have: choose a smaller id";
    return format("{}: `sudo usermod{}{} {}`", number, *for_uids, *for_gids, holder.user);
}

}  // namespace mabplan::runtime
