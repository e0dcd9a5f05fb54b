#include "runtime/network/server_process.h"

#include "runtime/sys/exec_words.h"
#include "runtime/sys/pipe.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr int kLifeline = 4;
constexpr int kOutOfTheWay = 64;
constexpr std::size_t kMostSaid = 2000;

[[noreturn]] void end_now(int code) {
    for (;;) ::syscall(SYS_exit_group, code);
}

// Everything at hand before the clone: it copies a process with threads, so nothing may be allocated behind it.
struct Watcher {
    std::vector<char*> argv;
    std::vector<char*> env;
    ServerIds ids = ServerIds::Ours;
    int handed_on = -1;
    int lifeline = -1;
    int errors = -1;
    rlimit files{};  // a connection takes one

    [[noreturn]] void run() const;
    bool arrange_descriptors() const;
};

bool write_text(const char* path, std::string_view text) {
    const int file = ::open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return false;
    const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::close(file);
    return written;
}

bool become_alone() {
    return ::unshare(CLONE_NEWUSER) == 0 && write_text("/proc/self/setgroups", "deny") && write_text("/proc/self/uid_map", "0 0 1") &&
           write_text("/proc/self/gid_map", "0 0 1");
}

bool Watcher::arrange_descriptors() const {
    const int given = handed_on < 0 ? -1 : ::fcntl(handed_on, F_DUPFD_CLOEXEC, kOutOfTheWay);
    const int life = ::fcntl(lifeline, F_DUPFD_CLOEXEC, kOutOfTheWay);
    const int said = ::fcntl(errors, F_DUPFD_CLOEXEC, kOutOfTheWay);
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    const int null_above = ::fcntl(null, F_DUPFD_CLOEXEC, kOutOfTheWay);
    const bool placed =
        ::dup2(null_above, 0) == 0 && ::dup2(null_above, 1) == 1 && ::dup2(said, 2) == 2 && ::dup3(life, kLifeline, O_CLOEXEC) == kLifeline;
    ::close(ServerProcess::kHandedOn);
    const bool handed = given < 0 || ::dup2(given, ServerProcess::kHandedOn) == ServerProcess::kHandedOn;
    return placed && handed && ::close_range(kLifeline + 1, ~0U, 0) == 0;
}

// The first process of a PID namespace: with it the kernel ends all others there, whatever they did to be left alone. It ends when the
// program ends, and when nobody holds the other end of the lifeline any more.
void Watcher::run() const {
    constexpr char kName[] = "mabplan-network";
    ::prctl(PR_SET_NAME, kName);
    ::setsid();
    for (int number = 1; number < NSIG; ++number) {
        struct sigaction standard {};
        standard.sa_handler = SIG_DFL;
        ::sigaction(number, &standard, nullptr);
    }
    if (!arrange_descriptors()) end_now(1);
    // Its own numbers are to mean it. Where /proc can't be mounted (parts of it are hidden), those do without who don't look there.
    static_cast<void>(::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr));
    if (ids == ServerIds::OneOfOurs && !become_alone()) end_now(1);
    int program = -1;
    const long pid = ::syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, nullptr, &program, nullptr, nullptr);
    if (pid == 0) {
        sigset_t none;
        ::sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        ::setrlimit(RLIMIT_NOFILE, &files);
        ::execve(argv.front(), argv.data(), env.data());
        constexpr char kFailed[] = "it could not be executed\n";
        if (::write(2, kFailed, sizeof kFailed - 1) < 0) end_now(126);
        end_now(127);
    }
    if (pid < 0) end_now(1);
    if (handed_on >= 0) ::close(ServerProcess::kHandedOn);
    std::array<pollfd, 2> ends{pollfd{kLifeline, POLLIN, 0}, pollfd{program, POLLIN, 0}};
    while (::poll(ends.data(), ends.size(), -1) < 0 && errno == EINTR) {
    }
    end_now(0);
}

}  // namespace

Result<ServerProcess> ServerProcess::start(const ServerCall& call) {
    MABPLAN_TRY(lifeline, make_pipe());
    Fd errors(::memfd_create("mabplan-network", MFD_CLOEXEC));
    if (!errors.valid()) return system_error(errno, "make", "a file in memory");
    Watcher watcher{exec_words(call.argv), exec_words(call.env), call.ids, call.handed_on, lifeline.read.get(), errors.get()};
    if (::getrlimit(RLIMIT_NOFILE, &watcher.files) != 0) return system_error(errno, "read", "the limit of open files");
    watcher.files.rlim_cur = watcher.files.rlim_max;
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before);  // no handler of ours is to run in the copy
    int handle = -1;
    const long pid = ::syscall(SYS_clone, CLONE_NEWPID | CLONE_NEWNS | CLONE_PIDFD | SIGCHLD, nullptr, &handle, nullptr, nullptr);
    if (pid == 0) watcher.run();
    const int error = errno;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (pid < 0) return system_error(error, "start", call.argv.front());
    return ServerProcess(static_cast<pid_t>(pid), Fd(handle), std::move(lifeline.write), std::move(errors));
}

bool ServerProcess::has_ended_within(std::chrono::milliseconds time) const {
    pollfd end{handle_.get(), POLLIN, 0};
    return ::poll(&end, 1, static_cast<int>(time.count())) > 0;
}

std::string ServerProcess::said() const {
    std::string text(kMostSaid, '\0');
    const off_t end = ::lseek(errors_.get(), 0, SEEK_END);
    const off_t from = std::max<off_t>(0, end - static_cast<off_t>(kMostSaid));
    const ssize_t count = ::pread(errors_.get(), text.data(), text.size(), from);
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
}

ServerProcess::ServerProcess(ServerProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      handle_(std::move(other.handle_)),
      lifeline_(std::move(other.lifeline_)),
      errors_(std::move(other.errors_)) {}

ServerProcess::~ServerProcess() {
    if (pid_ < 0) return;
    lifeline_.reset();
    ::waitpid(pid_, nullptr, WNOHANG);  // it takes the kernel a while to take an interface down: nobody has to wait for that
}

}  // namespace mabplan::runtime
