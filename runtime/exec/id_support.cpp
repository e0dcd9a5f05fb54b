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

std::string offer_of(const NamespaceIds& ids) {
    if (ids.uids == 1 && ids.gids == 1) return "this host offers a build root alone";
    return format("this host offers a build uids below {} and gids below {}", ids.uids, ids.gids);
}

Failure refuse(const std::string& what, const NamespaceIds& ids) {
    return fail({ErrorKind::Environment, format("{}, and {}", what, offer_of(ids)), {}, {}, mend_for(ids), {}});
}

}  // namespace

Status check_user(const User& user, std::string_view written, const NamespaceIds& ids) {
    const bool groups_mapped = std::all_of(user.groups.begin(), user.groups.end(), [&](std::uint32_t group) { return group < ids.gids; });
    if (user.uid < ids.uids && user.gid < ids.gids && groups_mapped) return {};
    return refuse(format("the command is to run as {} ({}:{})", quoted(written), user.uid, user.gid), ids);
}

Status check_numeric_user(std::string_view written, const NamespaceIds& ids) {
    if (written.empty() || needs_user_files(written)) return {};
    MABPLAN_TRY(user, find_user(written, {}));
    return check_user(user, written, ids);
}

Status check_numeric_owner(std::string_view written, const NamespaceIds& ids) {
    if (written.empty() || needs_user_files(written)) return {};
    MABPLAN_TRY(owner, find_owner(written, {}));
    if (owner.uid < ids.uids && owner.gid < ids.gids) return {};
    return refuse(format("a command is to run on files of {} ({}:{})", quoted(written), owner.uid, owner.gid), ids);
}

Status check_owner(const Owner& owner, std::string_view what, const NamespaceIds& ids) {
    if (owner.uid < ids.uids && owner.gid < ids.gids) return {};
    return refuse(format("{} is to belong to {}:{}", what, owner.uid, owner.gid), ids);
}

}  // namespace mabplan::runtime
