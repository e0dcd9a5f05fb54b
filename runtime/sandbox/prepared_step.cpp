#include "runtime/sandbox/prepared_step.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sandbox/seccomp_filter.h"
#include "runtime/sandbox/setup_stage.h"
#include "runtime/sys/exec_words.h"
#include "runtime/sys/file.h"
#include "runtime/sys/id_map.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kMaxLayers = 499;  // overlayfs takes 500; the stubs are one
constexpr std::string_view kDefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr std::uint64_t kMaxProcBytes = 65536;
constexpr gid_t kTtyGroup = 5;
constexpr std::uint64_t kRoomBytes = 1U << 20U;  // for links and small texts

Status check_spec(const SandboxSpec& spec) {
    if (spec.argv.empty() || spec.argv.front().empty()) return fail(ErrorKind::Internal, "a step without a command");
    if (spec.scratch_dir.empty() || spec.scratch_dir.front() != '/') return fail(ErrorKind::Internal, "a step without a scratch folder");
    if (spec.root == Root::ReadOnly && spec.lower_dirs.empty()) return fail(ErrorKind::Internal, "a read-only step without a layer");
    if (spec.lower_dirs.size() > kMaxLayers)
        return fail(ErrorKind::Environment,
                    format("the step stands on {} layers; overlayfs can stack {}", spec.lower_dirs.size(), kMaxLayers));
    for (const std::string& entry : spec.env)
        if (entry.find('=') == std::string::npos || entry.front() == '=')
            return fail(ErrorKind::Input, format("the environment entry {} is not NAME=value", quoted(entry)));
    for (const std::vector<std::string>* texts : {&spec.argv, &spec.env})
        for (const std::string& text : *texts)
            if (text.find('\0') != std::string::npos)
                return fail(ErrorKind::Input, format("{} holds a zero byte: it cannot be passed to a command", quoted(text)));
    return {};
}

Status ensure_folder(const std::string& path) {
    if (::mkdir(path.c_str(), 0755) != 0) return errno == EEXIST ? Status{} : Status(system_error(errno, "make the folder", path));
    if (::chmod(path.c_str(), 0755) != 0) return system_error(errno, "set the mode of", path);
    return {};
}

Status ensure_file(const std::string& path) {
    MABPLAN_TRY(file, open_file(path, O_WRONLY | O_CREAT));
    if (::fchmod(file.get(), 0644) != 0) return system_error(errno, "set the mode of", path);
    return {};
}

Status make_scratch(const SandboxSpec& spec) {
    const std::string& scratch = spec.scratch_dir;
    MABPLAN_CHECK(make_scratch_folder(scratch + "/room", 0755));
    if (spec.stubs_dir.empty()) MABPLAN_CHECK(make_stub_layer(scratch + "/stubs"));
    if (spec.root == Root::ReadOnly) return {};
    MABPLAN_CHECK(make_upper_folder(scratch + "/upper", spec.lower_dirs));
    return make_scratch_folder(scratch + "/work", 0700);
}

std::vector<RoomLink> links_for(const SandboxSpec& spec) {
    std::vector<RoomLink> links{{"upper", spec.scratch_dir + "/upper"},
                                {"work", spec.scratch_dir + "/work"},
                                {"stubs", spec.stubs_dir.empty() ? spec.scratch_dir + "/stubs" : spec.stubs_dir}};
    for (std::size_t i = 0; i < spec.lower_dirs.size(); ++i) links.push_back({format("{}", i), spec.lower_dirs[i]});
    return links;
}

// Short names, since all the options of a mount must fit into one page. volatile: nothing of a step is worth waiting for a disk; the
// store syncs what it keeps.
std::string overlay_options(const SandboxSpec& spec) {
    std::string lower;
    for (std::size_t i = spec.lower_dirs.size(); i > 0; --i) lower += format("{}:", i - 1);
    if (spec.root == Root::ReadOnly) return format("lowerdir={}stubs,userxattr", lower);
    return format("lowerdir={}stubs,upperdir=upper,workdir=work,userxattr,volatile", lower);
}

std::string_view path_of(const std::vector<std::string>& env) {
    for (const std::string& entry : env)
        if (entry.compare(0, 5, "PATH=") == 0) return std::string_view(entry).substr(5);
    return kDefaultPath;
}

std::vector<std::string> programs_for(const std::string& name, std::string_view path) {
    if (name.find('/') != std::string::npos) return {name};
    std::vector<std::string> programs;
    for (const std::string_view folder : split(path, ':')) programs.push_back(format("{}/{}", folder.empty() ? "." : folder, name));
    return programs;
}

std::vector<std::string> prefixes(const std::string& cwd) {
    std::vector<std::string> list;
    for (std::string path = join_path("/", cwd); path != "/"; path = std::string(parent_path(path))) list.push_back(path);
    std::reverse(list.begin(), list.end());
    return list;
}

// What a command sees on every host alike, where it is not said otherwise: the limits of a docker whose service has systemd's own, but
// for core, which is unlimited there: a program that crashes would leave a file in the layer. A lower hard limit of this host holds, for
// nobody may raise it in a namespace.
constexpr std::array<ResourceLimit, 3> kDefaultLimits{
    {{RLIMIT_NOFILE, 1024, 524288}, {RLIMIT_STACK, 8U << 20U, RLIM_INFINITY}, {RLIMIT_CORE, 0, RLIM_INFINITY}}};

std::vector<ResourceLimit> limits_for(const SandboxSpec& spec) {
    std::vector<ResourceLimit> limits = spec.limits;
    for (const ResourceLimit& usual : kDefaultLimits) {
        rlimit current{};
        const bool named =
            std::any_of(limits.begin(), limits.end(), [&](const ResourceLimit& limit) { return limit.resource == usual.resource; });
        if (named || ::getrlimit(static_cast<__rlimit_resource>(usual.resource), &current) != 0) continue;
        const std::uint64_t hard = std::min<std::uint64_t>(usual.hard, current.rlim_max);
        limits.push_back({usual.resource, std::min(usual.soft, hard), hard});
    }
    return limits;
}

// The highest that is mapped, of those that the kernel takes for this.
std::uint64_t last_group(const std::vector<IdRange>& ranges) {
    constexpr std::uint64_t kMost = 0x7fffffff;
    std::uint64_t last = 0;
    for (const IdRange& range : ranges)
        if (range.count > 0 && range.inside <= kMost) last = std::max(last, std::min(kMost, range.inside + range.count - 1));
    return last;
}

Status settle_groups(const SandboxSpec& spec, PreparedStep& step) {
    step.groups.assign(spec.groups.begin(), spec.groups.end());
    MABPLAN_TRY(allowed, read_file("/proc/self/setgroups", kMaxProcBytes, ErrorKind::Environment));
    MABPLAN_TRY(map, read_file("/proc/self/gid_map", kMaxProcBytes, ErrorKind::Environment));
    const std::vector<IdRange> ranges = parse_id_map(map);
    for (const IdRange& range : ranges)
        if (range.inside <= kTtyGroup && kTtyGroup - range.inside < range.count) step.maps_tty_group = true;
    step.ping_groups = format("0 {}", last_group(ranges));
    if (trim(allowed) != "deny") return {};
    step.groups_change = GroupsChange::Impossible;
    const bool only_own = std::all_of(spec.groups.begin(), spec.groups.end(), [&](std::uint32_t group) { return group == spec.gid; });
    if (only_own) return {};
    return explain_setup_failure({SetupReport::Kind::SetupFailed, SetupStage::Groups, EPERM, 0});
}

// Fields 48 and 49 of /proc/self/stat (proc_pid_stat(5)), counted behind the program's name, which may hold blanks and brackets.
MemoryRange find_own_arguments() {
    constexpr std::size_t kBegin = 45;
    constexpr std::size_t kEnd = 46;
    const Result<std::string> stat = read_file("/proc/self/stat", kMaxProcBytes);
    if (!stat) return {};
    const std::vector<std::string_view> fields = split(std::string_view(*stat).substr(std::min(stat->size(), stat->rfind(')') + 2)), ' ');
    if (fields.size() <= kEnd) return {};
    const auto begin = parse_unsigned(fields[kBegin]);
    const auto end = parse_unsigned(fields[kEnd]);
    if (!begin || !end || *begin == 0 || *end <= *begin) return {};
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel tells addresses as numbers
    return {reinterpret_cast<char*>(static_cast<std::uintptr_t>(*begin)), static_cast<std::size_t>(*end - *begin)};
}

}  // namespace

std::string hosts_text(const std::string& hostname, const std::vector<HostAddress>& extra) {
    std::string text = format("127.0.0.1\tlocalhost {}\n::1\tlocalhost ip6-localhost ip6-loopback\n", hostname);
    for (const HostAddress& host : extra) text += format("{}\t{}\n", host.address, host.name);
    return text;
}

Status make_stub_layer(const std::string& folder) {
    for (const std::string_view name : {"", "/proc", "/sys", "/dev", "/etc"}) MABPLAN_CHECK(ensure_folder(format("{}{}", folder, name)));
    for (const std::string_view name : {"hosts", "resolv.conf"}) MABPLAN_CHECK(ensure_file(format("{}/etc/{}", folder, name)));
    return {};
}

Result<PreparedStep> prepare_step(const SandboxSpec& spec) {
    MABPLAN_CHECK(check_spec(spec));
    PreparedStep step;
    step.spec = &spec;
    step.scratch_dir = spec.scratch_dir;
    step.room = spec.scratch_dir + "/room";
    step.links = links_for(spec);
    step.overlay_options = overlay_options(spec);
    step.hosts = hosts_text(spec.hostname, spec.extra_hosts);
    step.searched_path = path_of(spec.env);
    step.programs = programs_for(spec.argv.front(), step.searched_path);
    step.argv = exec_words(spec.argv);
    step.env = exec_words(spec.env);
    step.cwd_prefixes = prefixes(spec.cwd);
    step.limits = limits_for(spec);
    MABPLAN_CHECK(settle_groups(spec, step));
    step.seccomp = make_seccomp_program();
    step.own_arguments = find_own_arguments();
    MABPLAN_CHECK(make_scratch(spec));
    for (std::size_t i = 0; i < spec.mounts.size(); ++i) {
        MABPLAN_TRY(mount, prepare_mount(spec.mounts[i], i, spec.scratch_dir, step.links));
        step.mounts.push_back(std::move(mount));
    }
    step.room_size = format("{}", kRoomBytes + memory_of_files(spec.mounts));
    return step;
}

}  // namespace mabplan::runtime
