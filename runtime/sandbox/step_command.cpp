#include "runtime/sandbox/step_child.h"

#include <elf.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace mabplan::runtime {

namespace {

constexpr std::array kCapabilities{
    CAP_CHOWN,  CAP_DAC_OVERRIDE, CAP_FSETID,  CAP_FOWNER,           CAP_MKNOD,      CAP_NET_RAW, CAP_SETGID,
    CAP_SETUID, CAP_SETFCAP,      CAP_SETPCAP, CAP_NET_BIND_SERVICE, CAP_SYS_CHROOT, CAP_KILL,    CAP_AUDIT_WRITE};

constexpr std::uint64_t capability_bits() {
    std::uint64_t bits = 0;
    for (const int capability : kCapabilities) bits |= std::uint64_t{1} << static_cast<unsigned>(capability);
    return bits;
}

int open_folder(const char* path) {
    open_how how{};
    how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    how.resolve = RESOLVE_NO_MAGICLINKS;  // /proc/self/fd/N and /proc/1/cwd are no folders to work in
    return static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how));
}

// What kind of file could not be executed.
std::int32_t kind_of_program(const char* path) {
    const int file = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) return errno == ENOENT || errno == ENOTDIR ? kNothingThere : kNoElf;
    std::array<unsigned char, 20> head{};
    const ssize_t count = ::read(file, head.data(), head.size());
    ::close(file);
    if (count != static_cast<ssize_t>(head.size()) || std::memcmp(head.data(), ELFMAG, SELFMAG) != 0) return kNoElf;
    const bool big = head[EI_DATA] == ELFDATA2MSB;
    return big ? head[18] << 8 | head[19] : head[19] << 8 | head[18];
}

}  // namespace

// As docker does: a working folder that is missing is made, 0755 and root's.
void StepChild::enter_cwd() {
    if (step_.cwd_prefixes.empty()) return;
    int folder = open_folder(step_.cwd_prefixes.back().c_str());
    if (folder < 0 && errno == ENOENT) {
        for (const std::string& prefix : step_.cwd_prefixes) {
            const int there = open_folder(prefix.c_str());
            if (there >= 0) {
                ::close(there);
                continue;
            }
            check(errno == ENOENT && ::mkdir(prefix.c_str(), 0755) == 0, SetupStage::Cwd);
        }
        folder = open_folder(step_.cwd_prefixes.back().c_str());
    }
    check(folder >= 0 && ::fchdir(folder) == 0, SetupStage::Cwd);
    std::array<char, 4096> path{};
    const long length = ::syscall(SYS_getcwd, path.data(), path.size());
    check(length > 0, SetupStage::Cwd);
    if (path[0] != '/') fail_setup(SetupStage::CwdOutside, ENOENT);
}

void StepChild::become_command() {
    if (has_own_session()) ::setsid();
    if (step_.spec->stdio == Stdio::Terminal) take_terminal();
    for (const ResourceLimit& limit : step_.limits) {
        const rlimit value{limit.soft, limit.hard};
        check(::setrlimit(static_cast<__rlimit_resource>(limit.resource), &value) == 0, SetupStage::Limits);
    }
    // uname then says what programs of this width expect: i686
    if (step_.spec->abi == Abi::I386) check(::personality(PER_LINUX32) >= 0, SetupStage::StartCommand);
    const bool confined = step_.spec->privilege == Privilege::Confined;
    if (confined) drop_bounding_set();
    if (confined) load_seccomp();  // without no_new_privs it needs a capability that is dropped below
    become_user();
    if (confined) set_capabilities();
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    exec_command();
}

void StepChild::drop_bounding_set() {
    for (int capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
        if ((capability_bits() >> static_cast<unsigned>(capability) & 1U) == 0)
            check(::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0, SetupStage::Capabilities);
    check(::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0, SetupStage::Capabilities);
}

void StepChild::load_seccomp() {
    const sock_fprog program{static_cast<unsigned short>(step_.seccomp.size()), const_cast<sock_filter*>(step_.seccomp.data())};
    check(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0, SetupStage::Seccomp);
}

// System calls, not libc's functions: those would wait for the threads of the parent, which do not exist here.
void StepChild::become_user() {
    const SandboxSpec& spec = *step_.spec;
    if (step_.groups_change == GroupsChange::Set)
        check(::syscall(SYS_setgroups, step_.groups.size(), step_.groups.data()) == 0, SetupStage::Groups);
    check(::syscall(SYS_setresgid, spec.gid, spec.gid, spec.gid) == 0, SetupStage::Ids);
    check(::syscall(SYS_setresuid, spec.uid, spec.uid, spec.uid) == 0, SetupStage::Ids);
}

void StepChild::set_capabilities() {
    const std::uint64_t bits = step_.spec->uid == 0 ? capability_bits() : 0;
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> sets{};
    for (std::size_t half = 0; half < sets.size(); ++half) {
        const auto word = static_cast<std::uint32_t>(bits >> (32 * half));
        sets[half] = {word, word, 0};
    }
    check(::syscall(SYS_capset, &header, sets.data()) == 0, SetupStage::Capabilities);
}

// As execvp(3): the first file of the PATH that can be executed; a file that may not be is told only if no other is found.
void StepChild::exec_command() {
    SetupReport failure{SetupReport::Kind::ExecFailed, {}, ENOENT, kNothingThere};
    for (const std::string& program : step_.programs) {
        ::execve(program.c_str(), step_.argv.data(), step_.env.data());
        const int error = errno;
        const bool missing = error == ENOENT || error == ENOTDIR;
        const std::int32_t kind = error == EACCES ? kNoElf : kind_of_program(program.c_str());
        if (!missing || kind != kNothingThere) failure = {SetupReport::Kind::ExecFailed, {}, error, kind};
        if (!missing && error != EACCES) break;
    }
    report(failure);
    end_process(exec_failure_code(failure));
}

}  // namespace mabplan::runtime
