#include "runtime/exec/id_support.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>

namespace mabplan::runtime {

namespace {

std::string mend_for(const NamespaceIds& ids) {
    if (!ids.why_single.empty()) return ids.why_single;
    return "give this user a larger range in /etc/subuid and /etc/subgid";
}

}  // namespace

Status check_user(const User& user, std::string_view written, const NamespaceIds& ids) {
    const bool groups_mapped = std::all_of(user.groups.begin(), user.groups.end(), [&](std::uint32_t group) { return group < ids.gids; });
    if (user.uid < ids.uids && user.gid < ids.gids && groups_mapped) return {};
    const std::string range = ids.uids == 1 && ids.gids == 1 ? "root alone" : format("uids below {} and gids below {}", ids.uids, ids.gids);
    return fail({ErrorKind::Environment, format("the command is to run as {} ({}:{}), and this host offers a build {}", quoted(written), user.uid, user.gid, range), {}, {},
                 mend_for(ids), {}});
}

Status check_numeric_user(std::string_view written, const NamespaceIds& ids) {
    if (written.empty() || needs_user_files(written)) return {};
    MABPLAN_TRY(user, find_user(written, {}));
    return check_user(user, written, ids);
}

}  // namespace mabplan::runtime
