#include "runtime/sandbox/seccomp_filter.h"

#include "plans/base/format.h"
#include "runtime/sandbox/call_filter.h"

#include <linux/audit.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>

#include <array>
#include <cstdint>
#include <optional>

namespace mabplan::runtime {

namespace {

// Names that an architecture does not have are passed over there.
constexpr std::array kDenied{
    // key rings, which are not in any namespace
    "add_key", "keyctl", "request_key",
    // ways into the kernel that few programs need and many exploits want
    "bpf", "io_uring_setup", "io_uring_enter", "io_uring_register", "userfaultfd", "perf_event_open", "lookup_dcookie", "vm86", "vm86old",
    "uselib", "ioperm", "iopl", "kcmp",
    // the tree of mounts, which is ours
    "mount", "umount", "umount2", "mount_setattr", "move_mount", "open_tree", "fsopen", "fsconfig", "fsmount", "fspick", "pivot_root",
    // namespaces
    "setns", "unshare",
    // files by handle pass by every root directory
    "open_by_handle_at",
    // the machine
    "acct", "create_module", "delete_module", "finit_module", "init_module", "get_kernel_syms", "query_module", "kexec_file_load",
    "kexec_load", "nfsservctl", "reboot", "swapon", "swapoff", "sysfs", "_sysctl", "syslog", "quotactl", "quotactl_fd", "sethostname",
    "setdomainname", "vhangup", "ustat", "fanotify_init", "clock_settime", "clock_settime64", "settimeofday", "stime",
    // other processes' memory and descriptors beyond what ptrace grants; where memory lies
    "pidfd_getfd", "process_madvise", "mbind", "migrate_pages", "move_pages", "set_mempolicy", "set_mempolicy_home_node", "get_mempolicy"};
// Newer than the names that libseccomp 2.5 knows. From 424 on a call has one number on every architecture.
constexpr std::array<std::uint32_t, 5> kDeniedNumbers{457, 458,        // statmount, listmount: the tree of mounts
                                                      459, 460, 461};  // lsm_get_self_attr, lsm_set_self_attr, lsm_list_modules
constexpr std::uint32_t kLastJudgedCall = 466;                         // removexattrat, Linux 6.13
constexpr std::uint32_t kFirstArmCall = 0xf0000;                       // 32-bit ARM's own: cache flush, thread pointer
constexpr std::uint32_t kLastArmCall = 0xf000f;
constexpr std::uint32_t kX32 = 1U << 30U;
constexpr std::uint32_t kFirstX32Call = kX32 + 512;  // those that differ from the calls of x86_64
constexpr std::uint32_t kLastX32Call = kX32 + 547;

const std::vector<std::uint32_t> kHiddenFamilies{38, 40};  // AF_ALG, AF_VSOCK
const std::vector<std::uint32_t> kTypingRequests{TIOCSTI, TIOCLINUX};
const std::vector<std::uint32_t> kPersonalities{0, 0x8, 0x20000, 0x20008,
                                                0xffffffff};  // Linux, 32 bits in uname, both with uname 2.6; asking
// CLONE_NEWTIME lies in the bits where clone(2) has the signal: only clone3 and unshare take it
const std::vector<std::uint32_t> kNamespaceFlags{CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                                                 CLONE_NEWPID | CLONE_NEWNET};

// What runs natively on a host: its own ABI, and those of the narrower siblings, whose calls must be judged as well.
std::vector<std::uint32_t> native_abis() {
    const std::uint32_t native = ::seccomp_arch_native();
    if (native == SCMP_ARCH_X86_64) return {SCMP_ARCH_X32, SCMP_ARCH_X86_64, SCMP_ARCH_X86};
    if (native == SCMP_ARCH_AARCH64) return {SCMP_ARCH_AARCH64, SCMP_ARCH_ARM};
    return {native};
}

// The number that the kernel sees; none where the architecture lacks the call or has it within another one only.
std::optional<std::uint32_t> number_of(std::uint32_t abi, const char* name) {
    const int number = ::seccomp_syscall_resolve_name_arch(abi, name);
    if (number < 0) return std::nullopt;
    return static_cast<std::uint32_t>(number);
}

// socket(2) of i386, which libseccomp gives as a part of socketcall(2). Programs may take either way: what stands in memory behind
// socketcall's argument can't be judged, so a hidden family can be had there.
std::optional<std::uint32_t> socket_number(std::uint32_t abi) {
    constexpr std::uint32_t kSocketOfI386 = 359;
    return abi == SCMP_ARCH_X86 ? kSocketOfI386 : number_of(abi, "socket");
}

std::vector<ArgumentRule> argument_rules(std::uint32_t abi) {
    using Test = ArgumentRule::Test;
    const unsigned flags_of_clone = abi == SCMP_ARCH_S390X || abi == SCMP_ARCH_S390 ? 1 : 0;
    std::vector<ArgumentRule> rules;
    const auto add = [&](const std::optional<std::uint32_t>& call, unsigned argument, Test test, const std::vector<std::uint32_t>& values) {
        if (call) rules.push_back({*call, argument, test, values});
    };
    add(number_of(abi, "ioctl"), 1, Test::RefuseIfOneOf, kTypingRequests);
    add(number_of(abi, "clone"), flags_of_clone, Test::RefuseIfAnyBit, kNamespaceFlags);
    add(socket_number(abi), 0, Test::RefuseIfOneOf, kHiddenFamilies);
    add(number_of(abi, "personality"), 0, Test::AllowIfOneOf, kPersonalities);
    return rules;
}

std::vector<CallRange> known_calls(std::uint32_t abi) {
    if (abi == SCMP_ARCH_X32) return {{kX32, kX32 + kLastJudgedCall}, {kFirstX32Call, kLastX32Call}};
    if (abi == SCMP_ARCH_ARM) return {{0, kLastJudgedCall}, {kFirstArmCall, kLastArmCall}};
    return {{0, kLastJudgedCall}};
}

AbiCalls calls_of(std::uint32_t abi) {
    AbiCalls calls;
    calls.audit_arch = abi == SCMP_ARCH_X32 ? AUDIT_ARCH_X86_64 : abi;  // libseccomp's words are the kernel's but for this one
    calls.first_call = abi == SCMP_ARCH_X32 ? kX32 : 0;
    calls.known = known_calls(abi);
    for (const char* name : kDenied)
        if (const auto number = number_of(abi, name)) calls.refused.push_back(*number);
    for (const std::uint32_t number : kDeniedNumbers) calls.refused.push_back(calls.first_call + number);
    if (const auto number = number_of(abi, "clone3")) calls.missing.push_back(*number);
    calls.by_argument = argument_rules(abi);
    return calls;
}

}  // namespace

std::vector<sock_filter> make_seccomp_program() {
    std::vector<AbiCalls> abis;
    for (const std::uint32_t abi : native_abis()) abis.push_back(calls_of(abi));
    return write_call_filter(abis);
}

}  // namespace mabplan::runtime
