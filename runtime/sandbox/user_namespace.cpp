#include "runtime/sandbox/user_namespace.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sandbox/child_probe.h"
#include "runtime/sandbox/id_map.h"
#include "runtime/sandbox/map_helper.h"
#include "runtime/sandbox/namespace_refusal.h"
#include "runtime/sys/file.h"
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

std::string read_text_or_nothing(const std::string& path) {
    return read_file(path, kMaxMapBytes).value_or(std::string());
}

Result<MapPlan> plan_for_root() {
    MABPLAN_TRY(uids, read_file("/proc/self/uid_map", kMaxMapBytes, ErrorKind::Environment));
    MABPLAN_TRY(gids, read_file("/proc/self/gid_map", kMaxMapBytes, ErrorKind::Environment));
    MapPlan plan{IdMapping::Identity, identity_map(parse_id_map(uids)), identity_map(parse_id_map(gids)), {}, {}, {}};
    if (count_ids(plan.uids) > 1 && count_ids(plan.gids) > 1) return plan;
    plan.mapping = IdMapping::SingleUid;
    plan.why_single = "the user namespace that mabplan was started in has one id only: give the outer container a range of ids";
    return plan;
}

MapPlan plan_for_user() {
    const uid_t uid = ::geteuid();
    const std::string name = user_name(uid);
    MapPlan plan{IdMapping::Ranges,
                 subordinate_map(uid, name, uid, read_text_or_nothing("/etc/subuid")),
                 subordinate_map(::getegid(), name, uid, read_text_or_nothing("/etc/subgid")),
                 find_setuid_program("newuidmap"),
                 find_setuid_program("newgidmap"),
                 {}};
    const std::string shown = name.empty() ? format("{}", uid) : name;
    if (plan.uids.size() < 2 || plan.gids.size() < 2)
        plan.why_single =
            format("the user {} has no range in {}: `sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 {}`", shown,
                   plan.uids.size() < 2 ? "/etc/subuid" : "/etc/subgid", shown);
    else if (plan.newuidmap.empty() || plan.newgidmap.empty())
        plan.why_single = "newuidmap and newgidmap are not installed: `sudo apt-get install uidmap`";
    if (!plan.why_single.empty()) {
        plan.mapping = IdMapping::SingleUid;
        plan.uids.resize(1);
        plan.gids.resize(1);
    }
    return plan;
}

Status enter_with(const MapPlan& plan) {
    const MapOrder order{plan.mapping == IdMapping::Ranges ? MapWriter::SetuidPrograms : MapWriter::Kernel,
                         plan.mapping == IdMapping::SingleUid ? SetGroups::Deny : SetGroups::Keep,
                         plan.uids,
                         plan.gids,
                         plan.newuidmap,
                         plan.newgidmap};
    const NamespaceFacts facts = read_namespace_facts();
    MABPLAN_TRY(helper, MapHelper::start(order));
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
        const int number = errno;
        if (number == EINVAL && facts.max_user_namespaces)
            return fail(ErrorKind::Internal, "a user namespace can only be entered before the first thread is started");
        return explain_namespace_refusal(NamespaceStep::Create, number, facts);
    }
    return helper.map_caller(facts);
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

Result<NamespaceIds> enter_user_namespace() {
    MapPlan plan;
    if (::geteuid() == 0) {
        MABPLAN_TRY(of_root, plan_for_root());
        plan = std::move(of_root);
    } else {
        plan = plan_for_user();
    }
    MABPLAN_CHECK(enter_with(plan));
    MABPLAN_CHECK(become_root());
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return explain_namespace_refusal(NamespaceStep::Mounts, errno, read_namespace_facts());
    return NamespaceIds{plan.mapping, count_ids(plan.uids), count_ids(plan.gids), plan.why_single};
}

}  // namespace mabplan::runtime
