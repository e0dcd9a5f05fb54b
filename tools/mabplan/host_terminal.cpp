#include "tools/mabplan/host_terminal.h"

#include "tools/mabplan/interrupts.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace mabplan::tools {

namespace {

// A signal handler can reach nothing but this.
std::atomic<int> told_of_sizes{-1};

void on_resize(int) {
    const int saved = errno;
    const eventfd_t once = 1;
    if (const int event = told_of_sizes.load(); event >= 0) ::eventfd_write(event, once);
    errno = saved;
}

}  // namespace

HostTerminal::HostTerminal(Typing typing) : resized_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    told_of_sizes = resized_.get();
    struct sigaction action {};
    action.sa_handler = on_resize;
    action.sa_flags = SA_RESTART;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGWINCH, &action, nullptr);
    ::signal(SIGPIPE, SIG_IGN);  // it would leave the terminal as it is
    termios state{};
    if (typing == Typing::Kept || ::tcgetattr(STDIN_FILENO, &state) != 0) return;
    before_ = state;
    ::cfmakeraw(&state);
    restore_when_killed(&*before_);
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &state);
}

HostTerminal::~HostTerminal() {
    if (before_) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &*before_);
    restore_when_killed(nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    ::signal(SIGWINCH, SIG_DFL);
    told_of_sizes = -1;
}

runtime::TerminalEnds HostTerminal::ends() const {
    runtime::TerminalEnds ends;
    if (before_) ends.input = STDIN_FILENO;
    ends.size_of = ::isatty(STDOUT_FILENO) != 0 ? STDOUT_FILENO : ::isatty(STDIN_FILENO) != 0 ? STDIN_FILENO : -1;
    ends.resized = resized_.get();
    return ends;
}

}  // namespace mabplan::tools
