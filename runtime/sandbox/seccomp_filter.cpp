#include "runtime/sandbox/seccomp_filter.h"

#include "plans/base/format.h"
#include "runtime/sys/fd.h"
#include "runtime/sys/system_error.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <system_error>

namespace mabplan::runtime {

namespace {

// Names that an architecture or the installed libseccomp does not know are passed over: above kLastJudgedCall they fail anyway.
constexpr std::array kDenied{// key rings, which are not in any namespace
                             "add_key", "keyctl", "request_key",
                             // ways into the kernel that few programs need and many exploits want
                             "bpf", "io_uring_setup", "io_uring_enter", "io_uring_register", "userfaultfd", "perf_event_open",
                             "lookup_dcookie", "vm86", "vm86old", "uselib", "ioperm", "iopl", "kcmp",
                             // the tree of mounts, which is ours
                             "mount", "umount", "umount2", "mount_setattr", "move_mount", "open_tree", "fsopen", "fsconfig", "fsmount",
                             "fspick", "pivot_root", "statmount", "listmount",
                             // namespaces
                             "setns", "unshare",
                             // files by handle pass by every root directory
                             "open_by_handle_at",
                             // the machine
                             "acct", "create_module", "delete_module", "finit_module", "init_module", "get_kernel_syms", "query_module",
                             "kexec_file_load", "kexec_load", "nfsservctl", "reboot", "swapon", "swapoff", "sysfs", "_sysctl", "syslog",
                             "quotactl", "quotactl_fd", "sethostname", "setdomainname", "vhangup", "ustat", "fanotify_init",
                             "clock_settime", "clock_settime64", "clock_adjtime", "clock_adjtime64", "settimeofday", "stime",
                             // other processes' memory and descriptors beyond what ptrace grants; where memory lies
                             "pidfd_getfd", "process_madvise", "mbind", "migrate_pages", "move_pages", "set_mempolicy",
                             "set_mempolicy_home_node", "get_mempolicy"};

constexpr std::array kHiddenFamilies{38, 40};  // AF_ALG, AF_VSOCK
constexpr std::array<std::uint32_t, 2> kTypingRequests{TIOCSTI, TIOCLINUX};
// CLONE_NEWTIME lies in the bits where clone(2) has the signal: only clone3 and unshare take it
constexpr std::array<std::uint32_t, 7> kNamespaceFlags{CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                                       CLONE_NEWUSER, CLONE_NEWPID,    CLONE_NEWNET};
constexpr std::uint64_t kLow32 = 0xffffffffU;     // what the kernel looks at of an int; the rest could hide a value from the filter
constexpr std::uint32_t kLastJudgedCall = 462;    // mseal, Linux 6.10; numbers from 424 on are the same on every architecture
constexpr std::uint32_t kFirstArmCall = 0xf0000;  // 32-bit ARM's own: cache flush, thread pointer
constexpr std::uint32_t kLastArmCall = 0xf000f;

struct ReleaseFilter {
    void operator()(void* filter) const { ::seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, ReleaseFilter>;

Failure filter_error(int number, std::string_view what) {
    return fail(ErrorKind::Internal,
                format("cannot make the filter of system calls ({}): {}", what, std::generic_category().message(-number)));
}

Status deny(void* filter, const char* name, int error) {
    const int call = ::seccomp_syscall_resolve_name(name);
    if (call == __NR_SCMP_ERROR) return {};
    const int outcome = ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(static_cast<std::uint32_t>(error)), call, 0);
    return outcome == 0 || outcome == -EDOM ? Status{} : Status(filter_error(outcome, name));
}

Status deny_if(void* filter, const char* name, const scmp_arg_cmp& condition) {
    const int outcome = ::seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), ::seccomp_syscall_resolve_name(name), 1, &condition);
    return outcome == 0 ? Status{} : Status(filter_error(outcome, name));
}

scmp_arg_cmp argument_is(unsigned index, std::uint64_t mask, std::uint64_t value) {
    return {index, SCMP_CMP_MASKED_EQ, mask, value};
}

Status add_rules(void* filter, SocketCall socket_call) {
    for (const char* name : kDenied) MABPLAN_CHECK(deny(filter, name, EPERM));
    MABPLAN_CHECK(deny(filter, "clone3", ENOSYS));
    if (socket_call == SocketCall::Denied) MABPLAN_CHECK(deny(filter, "socketcall", ENOSYS));
    for (const std::uint32_t flag : kNamespaceFlags) MABPLAN_CHECK(deny_if(filter, "clone", argument_is(0, flag, flag)));
    for (const int family : kHiddenFamilies)
        MABPLAN_CHECK(deny_if(filter, "socket", argument_is(0, kLow32, static_cast<std::uint64_t>(family))));
    for (const std::uint32_t request : kTypingRequests) MABPLAN_CHECK(deny_if(filter, "ioctl", argument_is(1, kLow32, request)));
    return {};
}

// The narrower sibling's programs run natively here, so its calls must be judged as well.
Status add_sibling(void* filter) {
    const std::uint32_t native = ::seccomp_arch_native();
    const std::uint32_t sibling = native == SCMP_ARCH_X86_64 ? SCMP_ARCH_X86 : native == SCMP_ARCH_AARCH64 ? SCMP_ARCH_ARM : 0;
    if (sibling == 0) return {};
    const int outcome = ::seccomp_arch_add(filter, sibling);
    return outcome == 0 ? Status{} : Status(filter_error(outcome, "second architecture"));
}

Result<std::vector<sock_filter>> export_program(void* filter) {
    const Fd file(::memfd_create("mabplan-seccomp", MFD_CLOEXEC));
    if (!file.valid()) return system_error(errno, "make", "a file in memory");
    if (const int outcome = ::seccomp_export_bpf(filter, file.get()); outcome != 0) return filter_error(outcome, "export");
    const off_t bytes = ::lseek(file.get(), 0, SEEK_END);
    std::vector<sock_filter> program(static_cast<std::size_t>(bytes) / sizeof(sock_filter));
    if (::pread(file.get(), program.data(), program.size() * sizeof(sock_filter), 0) != bytes) return filter_error(-EIO, "export");
    return program;
}

// Goes before what libseccomp wrote, whose jumps are all relative: calls that nobody has judged, and those of x32 (numbers from 2^30 on).
std::vector<sock_filter> judge_number_first(const std::vector<sock_filter>& rest) {
    std::vector<sock_filter> program{
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)), BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, kLastJudgedCall, 0, 3),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, kFirstArmCall, 0, 1),       BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, kLastArmCall, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
    };
    program.insert(program.end(), rest.begin(), rest.end());
    return program;
}

}  // namespace

Result<std::vector<sock_filter>> make_seccomp_program(SocketCall socket_call) {
    const Filter filter(::seccomp_init(SCMP_ACT_ALLOW));
    if (!filter) return filter_error(-ENOMEM, "init");
    if (const int outcome = ::seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS)); outcome != 0)
        return filter_error(outcome, "other architectures");
    MABPLAN_CHECK(add_sibling(filter.get()));
    MABPLAN_CHECK(add_rules(filter.get(), socket_call));
    MABPLAN_TRY(program, export_program(filter.get()));
    return judge_number_first(program);
}

}  // namespace mabplan::runtime
