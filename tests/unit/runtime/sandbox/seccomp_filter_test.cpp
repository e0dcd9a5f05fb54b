#include "runtime/sandbox/seccomp_filter.h"

#include "plans/base/format.h"
#include "tests/unit/runtime/sandbox/world.h"

#include <doctest/doctest.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
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
    const auto program = make_seccomp_program(SocketCall::Denied);
    if (!program || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
    const sock_fprog filter{static_cast<unsigned short>(program->size()), const_cast<sock_filter*>(program->data())};
    return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) == 0;
}

std::string error_of(long outcome) {
    return outcome < 0 ? format("{} ", errno) : std::string("ok ");
}

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
    CHECK(under_filter([] {
              return error_of(::syscall(463)) + error_of(::syscall(467)) + error_of(::syscall(5000)) +
                     error_of(::syscall(0x40000000L | SYS_getpid));
          }) == format("{0} {0} {0} {0} ", ENOSYS));
}
