#include "tools/mabplan/event_log.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <optional>
#include <utility>

namespace mabplan::tools {

namespace {

// While it lives, a pipe that nobody reads is an error of this thread's write and not the end of the process.
class PipeSignalHeld {
public:
    PipeSignalHeld() {
        ::sigemptyset(&signal_);
        ::sigaddset(&signal_, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &signal_, &before_);
    }
    ~PipeSignalHeld() {
        const timespec no_time{};
        if (happened_) ::sigtimedwait(&signal_, nullptr, &no_time);
        ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    PipeSignalHeld(const PipeSignalHeld&) = delete;
    PipeSignalHeld& operator=(const PipeSignalHeld&) = delete;
    void note(int number) { happened_ = number == EPIPE; }

private:
    sigset_t signal_{};
    sigset_t before_{};
    bool happened_ = false;
};

// The number of the error; 0: all is written.
int write_all(int file, std::string_view bytes) {
    PipeSignalHeld held;
    while (!bytes.empty()) {
        const ssize_t count = ::write(file, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) {
            const int number = count < 0 ? errno : EIO;
            held.note(number);
            return number;
        }
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return 0;
}

// The descriptor that a path stands for: opened anew it would begin at its start, and a socket can't be.
std::optional<int> named_descriptor(std::string_view path) {
    constexpr std::string_view kFolder = "/dev/fd/";
    if (path == "-" || path == "/dev/stdout") return STDOUT_FILENO;
    if (path == "/dev/stderr") return STDERR_FILENO;
    const auto number = path.starts_with(kFolder) ? parse_unsigned(path.substr(kFolder.size())) : std::nullopt;
    return number && *number < 1U << 30U ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

}  // namespace

EventLog::EventLog(runtime::Fd file, std::string name, const Plan& plan, Begin begin, Complain complain)
    : file_(std::move(file)), name_(std::move(name)), json_(plan), complain_(std::move(complain)) {
    if (begin == Begin::Schema) write(EventJson::first_line());
}

Result<std::unique_ptr<EventLog>> EventLog::open(const std::string& path, const Plan& plan, Begin begin, Complain complain) {
    const auto descriptor = named_descriptor(path);
    runtime::Fd file(descriptor ? ::fcntl(*descriptor, F_DUPFD_CLOEXEC, 3)
                                : ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666));
    if (!file.valid()) return runtime::system_error(errno, "write events to", path, ErrorKind::Input);
    return std::unique_ptr<EventLog>(
        new EventLog(std::move(file), descriptor == STDOUT_FILENO ? "standard output" : path, plan, begin, std::move(complain)));
}

std::unique_ptr<EventLog> EventLog::into(runtime::Fd file, std::string name, const Plan& plan, Complain complain) {
    return std::unique_ptr<EventLog>(new EventLog(std::move(file), std::move(name), plan, Begin::GoesOn, std::move(complain)));
}

void EventLog::see(const runtime::BuildEvent& event) {
    if (file_.valid()) write(json_.lines(event));
}

void EventLog::write(std::string_view lines) {
    const int number = write_all(file_.get(), lines);
    if (number == 0) return;
    file_.reset();
    complain_(runtime::system_error(number, "write events to", name_).value().message + "; the run goes on without");
}

}  // namespace mabplan::tools
