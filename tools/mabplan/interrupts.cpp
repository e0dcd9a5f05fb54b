#include "tools/mabplan/interrupts.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

namespace mabplan::tools {

namespace {

// A signal handler can reach nothing but these.
std::atomic<bool> interrupted{false};
std::atomic<int> wake_fd{-1};

constexpr std::array<int, 3> kSignals{SIGINT, SIGTERM, SIGHUP};

void on_signal(int number) {
    if (interrupted.exchange(true)) {
        // asked twice: the default action, at once
        ::signal(number, SIG_DFL);
        ::raise(number);
        return;
    }
    const int kept = errno;
    const std::uint64_t one = 1;
    if (::write(wake_fd.load(), &one, sizeof one) < 0) errno = 0;
    errno = kept;
}

}  // namespace

Interrupts::Interrupts() {
    wake_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct sigaction action {};
    action.sa_handler = on_signal;
    ::sigemptyset(&action.sa_mask);
    for (const int number : kSignals) ::sigaction(number, &action, nullptr);
}

Interrupts::~Interrupts() {
    for (const int number : kSignals) ::signal(number, SIG_DFL);
    ::close(wake_fd.exchange(-1));
}

int Interrupts::fd() const { return wake_fd.load(); }
const std::atomic<bool>& Interrupts::flag() const { return interrupted; }

}  // namespace mabplan::tools
