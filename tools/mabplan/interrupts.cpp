#include "tools/mabplan/interrupts.h"

#include "runtime/sys/program.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>

namespace mabplan::tools {

namespace {

// A signal handler can reach nothing but this.
std::atomic<runtime::Stop*> heard_by{nullptr};
std::atomic<const termios*> terminal_before{nullptr};

constexpr std::array<int, 3> kSignals{SIGINT, SIGTERM, SIGHUP};

void on_signal(int number) {
    runtime::Stop* stop = heard_by.load();
    if (stop == nullptr || stop->is_interrupted()) {
        // asked twice: the default action, at once; programs are in groups of their own, which the terminal does not reach
        runtime::kill_programs();
        if (const termios* state = terminal_before.load(); state != nullptr) ::tcsetattr(STDIN_FILENO, TCSANOW, state);
        ::signal(number, SIG_DFL);
        ::raise(number);
        return;
    }
    stop->interrupt(number);
}

}  // namespace

void restore_when_killed(const termios* state) { terminal_before = state; }

Interrupts::Interrupts() {
    heard_by = &stop_;
    struct sigaction action {};
    action.sa_handler = on_signal;
    ::sigemptyset(&action.sa_mask);
    for (const int number : kSignals) ::sigaction(number, &action, nullptr);
}

Interrupts::~Interrupts() {
    for (const int number : kSignals) ::signal(number, SIG_DFL);
    heard_by = nullptr;
}

}  // namespace mabplan::tools
