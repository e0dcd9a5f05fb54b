#include "tools/terminal/standard_error.h"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace mabplan::tools {

namespace {

// A signal handler can reach nothing else.
std::atomic<bool> was_stopped{false};

void on_continue(int) { was_stopped = true; }

}  // namespace

StandardError& StandardError::of_process() {
    static StandardError one;
    return one;
}

bool StandardError::is_terminal() const { return ::isatty(STDERR_FILENO) != 0; }

ScreenSize StandardError::size() const {
    winsize found{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &found) != 0 || found.ws_col == 0 || found.ws_row == 0) return {};
    return {found.ws_col, found.ws_row};
}

// Nobody can be told of what cannot be written here.
void StandardError::write(std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(STDERR_FILENO, text.data(), text.size());
        if (count >= 0) {
            text.remove_prefix(static_cast<std::size_t>(count));
            continue;
        }
        if (errno == EAGAIN) {  // somebody made the terminal so; it is the same one for all
            pollfd waited{STDERR_FILENO, POLLOUT, 0};
            ::poll(&waited, 1, -1);
        } else if (errno != EINTR) {
            return;
        }
    }
}

void StandardError::print(std::string_view text) {
    const auto writer = writer_.lock();
    write(writer->print_above(text));
}

void StandardError::begin_region(Shrinking shrinking) {
    const auto writer = writer_.lock();
    *writer = ScreenWriter(shrinking);
    struct sigaction action {};
    action.sa_handler = on_continue;
    action.sa_flags = SA_RESTART;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGCONT, &action, nullptr);
}

void StandardError::show(const std::vector<std::string>& above, std::vector<std::string> region) {
    const auto writer = writer_.lock();
    if (was_stopped.exchange(false)) writer->forget();  // the shell wrote its own lines below
    write(writer->update(above, std::move(region), size()));
}

void StandardError::end_region() {
    const auto writer = writer_.lock();
    write(writer->clear());
    ::signal(SIGCONT, SIG_DFL);
}

}  // namespace mabplan::tools
