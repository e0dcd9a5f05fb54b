#include "runtime/sandbox/step_child.h"

#include <fcntl.h>
#include <linux/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#if defined(__SANITIZE_THREAD__)
extern "C" void AnnotateIgnoreReadsBegin(const char* file, int line);
extern "C" void AnnotateIgnoreWritesBegin(const char* file, int line);
#endif

namespace mabplan::runtime {

namespace {

// The race detector of a test build was copied with its knowledge of the parent's threads, none of which exist here.
void leave_race_detector() {
#if defined(__SANITIZE_THREAD__)
    AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
    AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
#endif
}

constexpr int kStatus = 3;  // where the pipe to the parent ends up
constexpr int kTerminalSocket = 4;
constexpr int kOutOfTheWay = 64;  // descriptors are first moved above this, so that none is overwritten

int move_up(int fd) { return fd < 0 ? -1 : ::fcntl(fd, F_DUPFD_CLOEXEC, kOutOfTheWay); }

}  // namespace

void StepChild::run() {
    leave_race_detector();
    die_with_parent();
    join_network();
    connect_stdio();
    reset_signals();
    forget_arguments();
    ::umask(0);  // what is made in the tree of mounts has the modes that are named
    enter_namespaces();
    build_root();
    if (has_no_input()) {
        const int input = ::open("/dev/null", O_RDONLY | O_CLOEXEC);  // the step's own: no descriptor leads out of its root
        check(input >= 0 && ::dup2(input, 0) == 0, SetupStage::Stdio);
    }
    if (step_.spec->stdio == Stdio::Terminal) open_terminal();
    enter_cwd();
    report({SetupReport::Kind::Ready, {}, 0, notes_});
    ::close_range(kStatus + 1, ~0U, 0);
    ::umask(0022);
    // vfork: the copy of the page tables that a fork makes is saved; the command's process lets go of the memory at its exec
    const pid_t command = ::vfork();
    if (command == 0) become_command();
    check(command > 0, SetupStage::StartCommand);
    reap_until_end(command);
}

void StepChild::report(const SetupReport& said) {
    while (::write(descriptors_.status, &said, sizeof said) < 0 && errno == EINTR) {
    }
}

void StepChild::fail_setup(SetupStage stage, int error) {
    report({SetupReport::Kind::SetupFailed, stage, error, 0});
    end_process(1);
}

void StepChild::check(bool done, SetupStage stage) {
    if (!done) fail_setup(stage, errno);
}

// The death signal comes when the thread that made this process ends; that thread waits for it in run_sandboxed, so it means that mabplan
// ended. It is asked for too late if mabplan died before: then its pidfd says so. Not dumpable: nobody in the step may look into
// this copy of mabplan's memory by ptrace or /proc/1.
void StepChild::die_with_parent() {
    check(::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::prctl(PR_SET_DUMPABLE, 0) == 0, SetupStage::StartCommand);
    pollfd parent{descriptors_.parent, POLLIN, 0};
    if (::poll(&parent, 1, 0) != 0) end_process(1);
}

void StepChild::connect_stdio() {
    const int status = move_up(descriptors_.status);
    const int output = move_up(descriptors_.output);
    const int error_output = move_up(descriptors_.error_output);
    const int terminal = move_up(descriptors_.terminal);
    check(status >= 0, SetupStage::Stdio);
    if (has_own_session()) ::setsid();
    if (step_.spec->stdio == Stdio::Captured) {
        check(::dup2(output, 1) == 1 && ::dup2(error_output, 2) == 2, SetupStage::Stdio);
        // so that a command of another user can open /dev/stdout
        for (const int stream : {1, 2})
            if (::fchown(stream, step_.spec->uid, step_.spec->gid) != 0) continue;
    }
    check(::dup3(status, kStatus, O_CLOEXEC) == kStatus, SetupStage::Stdio);
    if (terminal >= 0) check(::dup3(terminal, kTerminalSocket, O_CLOEXEC) == kTerminalSocket, SetupStage::Stdio);
    descriptors_ = {kStatus, 1, 2, terminal < 0 ? -1 : kTerminalSocket, -1, descriptors_.terminal_size};
    check(::close_range(terminal < 0 ? kStatus + 1 : kTerminalSocket + 1, ~0U, 0) == 0, SetupStage::Stdio);
}

// First of all: the namespace is known by a descriptor of mabplan's.
void StepChild::join_network() {
    if (step_.spec->network != SandboxNetwork::Given) return;
    check(::setns(step_.spec->network_namespace, CLONE_NEWNET) == 0, SetupStage::Network);
}

// All signals are blocked since before the clone, so that no handler of the parent runs here; PID 1 takes them one by one.
void StepChild::reset_signals() {
    for (int number = 1; number < NSIG; ++number) {
        struct sigaction standard {};
        standard.sa_handler = SIG_DFL;
        ::sigaction(number, &standard, nullptr);
    }
}

// /proc/1/cmdline can be read by everyone in the step: it must tell nothing of how mabplan was called. This is our own copy of that memory.
void StepChild::forget_arguments() {
    constexpr char kName[] = "mabplan-init";
    ::prctl(PR_SET_NAME, kName);
    const MemoryRange& range = step_.own_arguments;
    if (range.bytes < sizeof kName) return;
    std::memset(range.begin, 0, range.bytes);
    std::memcpy(range.begin, kName, sizeof kName);
}

void StepChild::enter_namespaces() {
    check(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, SetupStage::Namespace);
    check(::sethostname(step_.spec->hostname.c_str(), step_.spec->hostname.size()) == 0, SetupStage::Hostname);
    if (step_.spec->network != SandboxNetwork::None) return;
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq loopback{};
    std::memcpy(loopback.ifr_name, "lo", sizeof "lo");
    loopback.ifr_flags = IFF_UP | IFF_RUNNING;
    check(socket >= 0 && ::ioctl(socket, SIOCSIFFLAGS, &loopback) == 0, SetupStage::Loopback);
    ::close(socket);
}

// Ends when the command ends; with PID 1 the kernel ends every other process of the step. SIGTERM, SIGINT and SIGHUP from outside go to
// the command; those that the step sends itself are not passed on.
void StepChild::reap_until_end(int command) {
    sigset_t awaited;
    ::sigemptyset(&awaited);
    for (const int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&awaited, number);
    for (;;) {
        int status = 0;
        for (pid_t ended = 0; (ended = ::waitpid(-1, &status, WNOHANG)) > 0;)
            if (ended == command) {
                report({SetupReport::Kind::Ended, {}, status, 0});
                end_process(0);
            }
        siginfo_t signal{};
        const int number = ::sigwaitinfo(&awaited, &signal);
        if ((number == SIGTERM || number == SIGINT || number == SIGHUP) && signal.si_code == SI_USER && signal.si_pid == 0)
            ::kill(command, number);
    }
}

}  // namespace mabplan::runtime
