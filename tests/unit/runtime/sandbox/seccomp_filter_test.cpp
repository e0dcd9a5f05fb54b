#include "runtime/sandbox/seccomp_filter.h"

#include "plans/base/format.h"
#include "tests/unit/runtime/sandbox/denied_calls.h"
#include "tests/unit/runtime/sandbox/world.h"

#include <doctest/doctest.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::runtime::tests;

namespace {

bool load_filter() {
    const std::vector<sock_filter> program = make_seccomp_program();
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
    const sock_fprog filter{static_cast<unsigned short>(program.size()), const_cast<sock_filter*>(program.data())};
    return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) == 0;
}

std::string error_of(long outcome) { return outcome < 0 ? format("{} ", errno) : std::string("ok "); }

std::string under_filter(const std::function<std::string()>& scenario) {
    return as_user(As::Root, [&] { return load_filter() ? scenario() : std::string("no filter"); });
}

}  // namespace

TEST_CASE("ordinary calls pass") {
    CHECK(under_filter([] {
              const int stream = ::socket(AF_UNIX, SOCK_STREAM, 0);
              const pid_t child = ::fork();
              if (child == 0) ::_exit(0);
              return error_of(stream) + error_of(::waitpid(child, nullptr, 0)) + error_of(::getpid());
          }) == "ok ok ok ");
}

TEST_CASE("what Docker refuses is refused with EPERM") {
    const std::string eperm = format("{} ", EPERM);
    CHECK(under_filter([] {
              std::string said;
              for (const long call : {SYS_keyctl, SYS_add_key, SYS_request_key, SYS_bpf, SYS_userfaultfd, SYS_mount, SYS_umount2,
                                      SYS_unshare, SYS_setns, SYS_pivot_root, SYS_kexec_load, SYS_open_by_handle_at, SYS_perf_event_open,
                                      SYS_init_module, SYS_move_mount, SYS_fsopen, SYS_open_tree, SYS_mount_setattr})
                  said += error_of(::syscall(call, 0, 0, 0, 0, 0, 0));
              for (const long io_uring : {425L, 426L, 427L}) said += error_of(::syscall(io_uring, 0, 0, 0, 0, 0, 0));
              return said;
          }) == [&] {
        std::string all;
        for (int i = 0; i < 21; ++i) all += eperm;
        return all;
    }());
}

TEST_CASE("clone with a namespace flag is refused, clone3 is not there") {
    CHECK(under_filter([] {
              std::string said;
              for (const unsigned long flag :
                   {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP})
                  said += error_of(::syscall(SYS_clone, flag | SIGCHLD, 0, 0, 0, 0));
              return said + error_of(::syscall(SYS_clone3, nullptr, 0));
          }) == format("{0} {0} {0} {0} {0} {0} {0} {1} ", EPERM, ENOSYS));
}

TEST_CASE("sockets of the hidden families are refused, also with rubbish in the upper half") {
    CHECK(under_filter([] {
              return error_of(::socket(38, SOCK_SEQPACKET, 0)) + error_of(::socket(40, SOCK_STREAM, 0)) +
                     error_of(::syscall(SYS_socket, 0x100000026UL, SOCK_SEQPACKET, 0));
          }) == format("{0} {0} {0} ", EPERM));
}

TEST_CASE("nothing can be typed into a terminal, also with rubbish in the upper half") {
    CHECK(under_filter([] {
              char key = 'x';
              return error_of(::ioctl(0, TIOCSTI, &key)) + error_of(::syscall(SYS_ioctl, 0, 0x100000000UL | TIOCSTI, &key)) +
                     error_of(::ioctl(0, TIOCLINUX, &key));
          }) == format("{0} {0} {0} ", EPERM));
}

TEST_CASE("calls that nobody has judged are not there") {
    CHECK(under_filter([] { return error_of(::syscall(467)) + error_of(::syscall(470)) + error_of(::syscall(5000)); }) ==
          format("{0} {0} {0} ", ENOSYS));
}

TEST_CASE("newer calls of every day are let through") {
    // an argument that can't be is told apart from a call that is not there: cachestat, fchmodat2, setxattrat
    CHECK(under_filter([] {
              std::string said;
              for (const long call : {451L, 452L, 463L})
                  said += ::syscall(call, -1, 0, 0, 0, 0, 0) < 0 && errno == EPERM ? "refused " : "passed ";
              return said;
          }) == "passed passed passed ");
}

TEST_CASE("personality takes the values of Docker's profile only") {
    CHECK(under_filter([] {
              std::string said;
              for (const unsigned long value : {0UL, 0x8UL, 0x20000UL, 0x20008UL, 0UL, 0xffffffffUL})
                  said += error_of(::personality(value));
              for (const unsigned long value : {0x40000UL, 0x1UL, 0x400000UL, 0x40008UL}) said += error_of(::personality(value));
              return said;
          }) == format("ok ok ok ok ok ok {0} {0} {0} {0} ", EPERM));
}

#ifdef __x86_64__

namespace {

// Through the door of i386 programs, which 64-bit code may take too. Arguments are cut to 32 bits.
long call_i386(int number, long first = 0, long second = 0) {
    long outcome = number;
    asm volatile("int $0x80" : "+a"(outcome) : "b"(first), "c"(second), "d"(0L), "S"(0L), "D"(0L) : "memory", "r8", "r9", "r10", "r11");
    return static_cast<int>(outcome);
}

std::string error_of_i386(long outcome) {
    errno = static_cast<int>(-outcome);
    return error_of(outcome < 0 ? -1 : outcome);
}

// A kernel without that door ends who knocks.
bool runs_i386() {
    const pid_t child = ::fork();
    if (child == 0) {
        ::signal(SIGSEGV, SIG_DFL);
        ::_exit(call_i386(20) == ::getpid() ? 0 : 1);
    }
    int status = 0;
    return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

constexpr long kX32 = 0x40000000L;

}  // namespace

TEST_CASE("each call that is denied is denied by its number, on every ABI of this machine") {
    CHECK(under_filter([] {
              std::string passed;
              for (const DeniedCall& denied : kDeniedCalls) {
                  if (denied.x86_64 >= 0 && error_of(::syscall(denied.x86_64, 0, 0, 0, 0, 0, 0)) != format("{} ", EPERM))
                      passed += format("x86_64 {} ", denied.name);
                  if (denied.x32 >= 0 && error_of(::syscall(kX32 | denied.x32, 0, 0, 0, 0, 0, 0)) != format("{} ", EPERM))
                      passed += format("x32 {} ", denied.name);
              }
              return passed;
          }).empty());
    if (!runs_i386()) return;
    CHECK(under_filter([] {
              std::string passed;
              for (const DeniedCall& denied : kDeniedCalls)
                  if (denied.i386 >= 0 && call_i386(denied.i386) != -EPERM) passed += format("i386 {} ", denied.name);
              return passed;
          }).empty());
}

TEST_CASE("i386 has sockets, by either way, and no hidden family by the way that can be judged") {
    if (!runs_i386()) return;
    constexpr int kSocketCall = 102, kSocket = 359, kGetPid = 20, kClone = 120, kClone3 = 435, kIoctl = 54, kPersonality = 136;
    CHECK(under_filter([] { return error_of_i386(call_i386(kGetPid)) + error_of_i386(call_i386(kSocket, AF_UNIX, SOCK_STREAM)); }) ==
          "ok ok ");
    // its arguments lie in memory: none there
    CHECK(under_filter([] { return error_of_i386(call_i386(kSocketCall, 1, 0)); }) == format("{} ", EFAULT));
    CHECK(under_filter([] {
              return error_of_i386(call_i386(kSocket, 38, SOCK_SEQPACKET)) + error_of_i386(call_i386(kSocket, 40, SOCK_STREAM)) +
                     error_of_i386(call_i386(kClone, CLONE_NEWUSER)) + error_of_i386(call_i386(kIoctl, 0, TIOCSTI)) +
                     error_of_i386(call_i386(kPersonality, 0x40000));
          }) == format("{0} {0} {0} {0} {0} ", EPERM));
    CHECK(under_filter([] { return error_of_i386(call_i386(kClone3)) + error_of_i386(call_i386(467)); }) == format("{0} {0} ", ENOSYS));
}

TEST_CASE("x32 is judged as x86_64") {
    CHECK(under_filter([] {
              std::string said;
              for (const unsigned long flag : {CLONE_NEWUSER, CLONE_NEWNET})
                  said += error_of(::syscall(kX32 | SYS_clone, flag | SIGCHLD, 0, 0, 0, 0));
              return said + error_of(::syscall(kX32 | SYS_socket, 38, SOCK_SEQPACKET, 0)) +
                     error_of(::syscall(kX32 | 514, 0, TIOCSTI, nullptr)) + error_of(::syscall(kX32 | SYS_personality, 0x40000)) +
                     error_of(::syscall(kX32 | 548));
          }) == format("{0} {0} {0} {0} {0} {1} ", EPERM, ENOSYS));
}

#endif
