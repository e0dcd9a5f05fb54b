#include "runtime/sandbox/user_namespace.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sandbox/child_probe.h"
#include "runtime/sandbox/map_helper.h"
#include "runtime/sandbox/namespace_refusal.h"
#include "runtime/sys/file.h"
#include "runtime/sys/id_advice.h"
#include "runtime/sys/id_map.h"
#include "runtime/sys/single_thread.h"
#include "runtime/sys/system_error.h"

#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMaxMapBytes = 65536;

// What is to be mapped, settled before the namespace is entered: after that the old ids cannot be asked for any more.
struct MapPlan {
    IdMapping mapping = IdMapping::SingleUid;
    std::vector<IdRange> uids;
    std::vector<IdRange> gids;
    std::string newuidmap;  // paths of the setuid programs, for Ranges
    std::string newgidmap;
    WhySingle why = WhySingle::None;
    std::string why_single;
};

std::string find_setuid_program(std::string_view name) {
    for (const std::string_view folder : {"/usr/bin", "/usr/local/bin", "/bin", "/run/wrappers/bin"}) {
        std::string path = format("{}/{}", folder, name);
        if (::access(path.c_str(), X_OK) == 0) return path;
    }
    return {};
}

std::string user_name(uid_t uid) {
    std::array<char, 16384> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return {};
    return found->pw_name;
}

std::string read_text_or_nothing(const std::string& path) { return read_file(path, kMaxMapBytes).value_or(std::string()); }

Result<MapPlan> plan_for_root() {
    MABPLAN_TRY(uids, read_file("/proc/self/uid_map", kMaxMapBytes, ErrorKind::Environment));
    MABPLAN_TRY(gids, read_file("/proc/self/gid_map", kMaxMapBytes, ErrorKind::Environment));
    MapPlan plan;
    plan.mapping = IdMapping::Identity;
    plan.uids = identity_map(parse_id_map(uids));
    plan.gids = identity_map(parse_id_map(gids));
    if (count_ids(plan.uids) > 1 && count_ids(plan.gids) > 1) return plan;
    plan.mapping = IdMapping::SingleUid;
    plan.why = WhySingle::NoRange;
    plan.why_single = "the user namespace that mabplan was started in has one id only: give the outer container a range of ids";
    return plan;
}

void fall_back_to_one_id(MapPlan& plan, WhySingle why, std::string cause) {
    plan.mapping = IdMapping::SingleUid;
    plan.why = why;
    plan.why_single = std::move(cause);
    plan.uids.resize(1);
    plan.gids.resize(1);
}

MapPlan plan_for_user() {
    const uid_t uid = ::geteuid();
    const std::string name = user_name(uid);
    const IdHolder holder{name.empty() ? format("{}", uid) : name, 1, 1, read_text_or_nothing("/etc/subuid"),
                          read_text_or_nothing("/etc/subgid")};
    MapPlan plan;
    plan.mapping = IdMapping::Ranges;
    plan.uids = subordinate_map(uid, name, uid, holder.subuid);
    plan.gids = subordinate_map(::getegid(), name, uid, holder.subgid);
    plan.newuidmap = find_setuid_program("newuidmap");
    plan.newgidmap = find_setuid_program("newgidmap");
    const bool lacks_range = plan.uids.size() < 2 || plan.gids.size() < 2;
    if (lacks_range)
        fall_back_to_one_id(plan, WhySingle::NoRange,
                            advise_ids({holder.user, count_ids(plan.uids), count_ids(plan.gids), holder.subuid, holder.subgid}, {}));
    else if (plan.newuidmap.empty() || plan.newgidmap.empty())
        fall_back_to_one_id(plan, WhySingle::RangeUnused, "newuidmap and newgidmap are not installed: `sudo apt-get install uidmap`");
    return plan;
}

// In a container without CAP_SYS_ADMIN a setuid newuidmap may not write the map of a namespace that is another's; one with file
// capabilities stays the user, whose namespace it is.
std::string explain_refused_ranges(const std::string& said) {
    return format(
        "the ranges of /etc/subuid and /etc/subgid can't be used ({}): newuidmap and newgidmap must be setuid root on a file system that "
        "is not nosuid, or, inside "
        "a container, have capabilities in place of that: `chmod u-s /usr/bin/new[ug]idmap; setcap cap_setuid=ep /usr/bin/newuidmap; "
        "setcap cap_setgid=ep "
        "/usr/bin/newgidmap`",
        said);
}

Status enter_with(MapPlan& plan, const SingleThread& /*alone*/) {
    const MapOrder order{plan.mapping == IdMapping::Ranges ? MapWriter::SetuidPrograms : MapWriter::Kernel,
                         plan.mapping == IdMapping::SingleUid ? SetGroups::Deny : SetGroups::Keep,
                         plan.uids,
                         plan.gids,
                         plan.newuidmap,
                         plan.newgidmap};
    const NamespaceFacts facts = read_namespace_facts();
    MABPLAN_TRY(helper, MapHelper::start(order));
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
        return explain_namespace_refusal(NamespaceStep::Create, errno, facts);
    }
    MABPLAN_TRY(refused, helper.map_caller(facts));
    if (!refused.empty()) fall_back_to_one_id(plan, WhySingle::RangeUnused, explain_refused_ranges(refused));
    return {};
}

// After the mapping this process is the user it was; in the namespace that is uid 0 already for everybody but for root with an odd group.
Status become_root() {
    if (::getegid() != 0 && ::setresgid(0, 0, 0) != 0) return system_error(errno, "become", "gid 0");
    if (::geteuid() != 0 && ::setresuid(0, 0, 0) != 0) return system_error(errno, "become", "uid 0");
    return {};
}

}  // namespace

bool can_enter_user_namespace() {
    return find_in_child([]() -> Finding { return {enter_user_namespace().has_value(), {}, {}}; }).ok;
}

Result<NamespaceIds> enter_user_namespace(const Stop* stop) {
    MapPlan plan;
    if (::geteuid() == 0) {
        MABPLAN_TRY(of_root, plan_for_root());
        plan = std::move(of_root);
    } else {
        plan = plan_for_user();
    }
    MABPLAN_TRY(alone, SingleThread::await(stop));
    MABPLAN_CHECK(enter_with(plan, alone));
    MABPLAN_CHECK(become_root());
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return explain_namespace_refusal(NamespaceStep::Mounts, errno, read_namespace_facts());
    return NamespaceIds{plan.mapping, count_ids(plan.uids), count_ids(plan.gids), plan.why, plan.why_single};
}

}  // namespace mabplan::runtime
