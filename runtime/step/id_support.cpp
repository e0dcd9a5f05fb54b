#include "runtime/step/id_support.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/id_advice.h"

#include <algorithm>
#include <numeric>

namespace mabplan::runtime {

namespace {

constexpr const char* kSaidAlready = "with the ranges that this user has it would work: the warning above says why they are not used";

// Where the user's ranges are not used the run has said why already.
std::string mend_for(const NamespaceIds& ids, NeededIds needed) {
    if (ids.why == WhySingle::RangeUnused) return kSaidAlready;
    return advise_ids(read_id_holder(), needed);
}

std::string offer_of(const NamespaceIds& ids) {
    if (ids.uids == 1 && ids.gids == 1) return "this host offers a build root alone";
    return format("this host offers a build uids below {} and gids below {}", ids.uids, ids.gids);
}

Failure refuse(const std::string& what, NeededIds needed, const NamespaceIds& ids) {
    return fail(ErrorKind::Environment, format("{}, and {}", what, offer_of(ids)), mend_for(ids, needed));
}

}  // namespace

Status check_user(const User& user, std::string_view written, const NamespaceIds& ids) {
    const std::uint32_t highest =
        std::accumulate(user.groups.begin(), user.groups.end(), user.gid, [](std::uint32_t a, std::uint32_t b) { return std::max(a, b); });
    if (user.uid < ids.uids && highest < ids.gids) return {};
    return refuse(format("the command is to run as {} ({}:{})", quoted(written), user.uid, user.gid), {user.uid, highest}, ids);
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
    return refuse(format("a command is to run on files of {} ({}:{})", quoted(written), owner.uid, owner.gid), {owner.uid, owner.gid}, ids);
}

Status check_owner(const Owner& owner, std::string_view what, const NamespaceIds& ids) {
    if (owner.uid < ids.uids && owner.gid < ids.gids) return {};
    return refuse(format("{} is to belong to {}:{}", what, owner.uid, owner.gid), {owner.uid, owner.gid}, ids);
}

}  // namespace mabplan::runtime
