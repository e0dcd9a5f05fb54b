#include "runtime/sandbox/step_watch.h"

#include "runtime/sandbox/step_child.h"
#include "runtime/sys/file.h"
#include "runtime/sys/pipe.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <span>
#include <utility>

namespace mabplan::runtime {

namespace {

Status open_pipe(Fd& read, Fd& write) {
    MABPLAN_TRY(made, make_pipe());
    read = std::move(made.read);
    write = std::move(made.write);
    // what is still in it is read after the end of the step, without waiting for copies of the other end elsewhere
    if (::fcntl(read.get(), F_SETFL, O_NONBLOCK) != 0) return system_error(errno, "set up", "a pipe");
    return {};
}

// As a terminal has it that nobody turns line feeds into line ends for.
std::string for_terminal(std::string_view text) {
    std::string lines;
    for (const char letter : text) letter == '\n' ? lines.append("\r\n") : lines.append(1, letter);
    return lines;
}

// Blocks every signal of this thread for a while: the child must not run the handlers of its parent.
class BlockedSignals {
public:
    BlockedSignals() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_BLOCK, &all, &before_);
    }
    ~BlockedSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    BlockedSignals(const BlockedSignals&) = delete;
    BlockedSignals& operator=(const BlockedSignals&) = delete;

private:
    sigset_t before_{};
};

}  // namespace

Result<StepWatch> StepWatch::start(const PreparedStep& step) {
    StepWatch watch(step);
    MABPLAN_CHECK(watch.open_pipes());
    MABPLAN_CHECK(watch.clone_child());
    if (step.spec->time_limit) watch.deadline_ = Clock::now() + *step.spec->time_limit;
    return watch;
}

Status StepWatch::open_pipes() {
    MABPLAN_CHECK(open_pipe(status_read_, status_write_));
    if (step_->spec->stdio == Stdio::Terminal) {
        MABPLAN_TRY(relay, TerminalRelay::open(step_->spec->terminal));
        terminal_.emplace(std::move(relay));
    }
    if (step_->spec->stdio != Stdio::Captured) return {};
    MABPLAN_CHECK(open_pipe(output_read_, output_write_));
    return open_pipe(error_read_, error_write_);
}

// The system call and not fork(3): libc has no way to ask for namespaces, and its handlers at a fork may wait for locks that other threads
// hold.
Status StepWatch::clone_child() {
    const Fd self(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)));
    if (!self.valid()) return system_error(errno, "open", "a handle of this process");
    const ChildDescriptors descriptors{status_write_.get(), output_write_.get(),
                                       error_write_.get(),  terminal_ ? terminal_->child_end() : -1,
                                       self.get(),          terminal_ ? terminal_->shown_size() : winsize{}};
    StepChild child(*step_, descriptors);
    unsigned long flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP | CLONE_PIDFD | SIGCHLD;
    if (step_->spec->network == SandboxNetwork::None) flags |= CLONE_NEWNET;
    const BlockedSignals blocked;
    int pidfd = -1;
    const long pid = ::syscall(SYS_clone, flags, nullptr, &pidfd, nullptr, nullptr);
    if (pid == 0) child.run();
    if (pid < 0) return explain_setup_failure({SetupReport::Kind::SetupFailed, SetupStage::Namespace, errno, 0});
    pid_ = static_cast<pid_t>(pid);
    pidfd_.reset(pidfd);
    for (Fd* end : {&status_write_, &output_write_, &error_write_}) end->reset();
    if (terminal_) terminal_->close_child_end();
    return {};
}

Result<SandboxOutcome> StepWatch::wait(OutputSink& sink) {
    enum : std::size_t { kEnd, kStatusPipe, kOutput, kError, kStop, kCount };
    for (;;) {
        const int stop = phase_ == Phase::Running ? step_->spec->stop_fd : -1;
        std::array<pollfd, kCount + TerminalRelay::kEvents> events{{{pidfd_.get(), POLLIN, 0},
                                                                    {status_read_.get(), POLLIN, 0},
                                                                    {output_read_.get(), POLLIN, 0},
                                                                    {error_read_.get(), POLLIN, 0},
                                                                    {stop, POLLIN, 0}}};
        const auto of_terminal = std::span(events).last<TerminalRelay::kEvents>();
        for (pollfd& event : of_terminal) event.fd = -1;
        if (terminal_) terminal_->await(of_terminal);
        if (::poll(events.data(), events.size(), milliseconds_left()) < 0 && errno != EINTR)
            return system_error(errno, "wait for", "a step");
        if (deadline_ && Clock::now() >= *deadline_) begin_end(SandboxOutcome::TimedOut, std::chrono::milliseconds(0));
        if (events[kStop].revents != 0) begin_end(SandboxOutcome::Stopped, step_->spec->stop_grace);
        if (events[kStatusPipe].revents != 0) read_reports();
        if (events[kOutput].revents != 0) pass_output(output_read_, 1, sink);
        if (events[kError].revents != 0) pass_output(error_read_, 2, sink);
        if (terminal_) handle_terminal(of_terminal, sink);
        if (events[kEnd].revents != 0) break;
    }
    const int init_status = reap();
    read_reports();
    pass_rest(sink);
    MABPLAN_CHECK(remove_made_folders());
    return outcome(init_status, sink);
}

int StepWatch::milliseconds_left() const {
    if (!deadline_) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline_ - Clock::now()).count();
    constexpr std::int64_t kLongest = 3'600'000;
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, kLongest));
}

void StepWatch::begin_end(SandboxOutcome::How how, std::chrono::milliseconds grace) {
    if (!ended_by_us_ && !command_status_) ended_by_us_ = how;
    const bool kill_now = grace.count() <= 0;
    const int asked = step_->spec->stop_signal ? step_->spec->stop_signal() : SIGTERM;
    const int gentle = asked == SIGINT || asked == SIGHUP ? asked : SIGTERM;
    ::kill(pid_, kill_now ? SIGKILL : gentle);
    phase_ = kill_now ? Phase::Killed : Phase::Ending;
    deadline_ = kill_now ? std::nullopt : std::optional(Clock::now() + grace);
}

void StepWatch::read_reports() {
    SetupReport report;
    while (status_read_.valid()) {
        const ssize_t count = ::read(status_read_.get(), &report, sizeof report);
        if (count < 0 && errno == EINTR) continue;
        if (count == 0) status_read_.reset();
        if (count != sizeof report) break;
        if (report.kind == SetupReport::Kind::Ready) notes_ = report.value;
        if (report.kind == SetupReport::Kind::Ended) command_status_ = report.error;
        const bool failed = report.kind == SetupReport::Kind::SetupFailed || report.kind == SetupReport::Kind::ExecFailed;
        if (failed && !failure_) failure_ = report;
    }
}

// Reads once. The pipe is closed at its end, and when nothing more can come.
void StepWatch::pass_output(Fd& pipe, int stream, OutputSink& sink) {
    constexpr std::size_t kBufferBytes = 65536;
    std::array<char, kBufferBytes> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): read(2) fills it
    const ssize_t count = ::read(pipe.get(), buffer.data(), buffer.size());
    if (count > 0) return sink.output(stream, std::string_view(buffer.data(), static_cast<std::size_t>(count)));
    if (count == 0 || (errno != EINTR && (errno != EAGAIN || pid_ < 0))) pipe.reset();
}

void StepWatch::handle_terminal(std::span<const pollfd, TerminalRelay::kEvents> events, OutputSink& sink) {
    terminal_->handle(events, sink);
    if (sink.is_gone() && phase_ == Phase::Running) begin_end(SandboxOutcome::Stopped, std::chrono::milliseconds(0));
}

// What was said last, when nobody is left who could say more.
void StepWatch::pass_rest(OutputSink& sink) {
    while (output_read_.valid()) pass_output(output_read_, 1, sink);
    while (error_read_.valid()) pass_output(error_read_, 2, sink);
    if (terminal_) terminal_->drain(sink);
}

int StepWatch::reap() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
}

// Folders that the step's root lacked and that were only made to mount on. They were mounted upon all the time, so they are empty; with
// them gone, the whiteout of the layer below shows again.
Status StepWatch::remove_made_folders() const {
    constexpr std::array<std::pair<int, const char*>, 3> kMade{{{kMadeProc, "proc"}, {kMadeSys, "sys"}, {kMadeDev, "dev"}}};
    for (const auto& [note, name] : kMade) {
        const std::string path = step_->scratch_dir + "/upper/" + name;
        if ((notes_ & note) != 0 && ::rmdir(path.c_str()) != 0) return system_error(errno, "remove the mount point", path);
    }
    return {};
}

Result<SandboxOutcome> StepWatch::outcome(int init_status, OutputSink& sink) const {
    if (failure_ && failure_->kind == SetupReport::Kind::SetupFailed) {
        const auto number = static_cast<std::size_t>(failure_->value);
        const auto& mounts = step_->spec->mounts;
        return explain_setup_failure(*failure_, is_about_a_mount(failure_->stage) && number < mounts.size() ? mounts[number].target : "");
    }
    SandboxOutcome result;
    if (step_->spec->root == Root::Overlay) result.upper_dir = step_->scratch_dir + "/upper";
    result.shares_host_proc = (notes_ & kSharesHostProc) != 0;
    if (failure_) {
        const std::string text = describe_exec_failure(step_->spec->argv.front(), step_->searched_path, *failure_);
        const Stdio stdio = step_->spec->stdio;
        if (stdio == Stdio::Captured) sink.output(2, text);
        else if (stdio == Stdio::Terminal) sink.output(2, for_terminal(text));
        else MABPLAN_CHECK(write_all(STDERR_FILENO, text, "stderr"));
        result.code = exec_failure_code(*failure_);
        return result;
    }
    if (ended_by_us_) {
        result.how = *ended_by_us_;
        if (command_status_ && WIFEXITED(*command_status_)) result.own_code = WEXITSTATUS(*command_status_);
        else if (command_status_ && WIFSIGNALED(*command_status_)) result.own_code = kSignalBase + WTERMSIG(*command_status_);
        return result;
    }
    // the first process ends by itself only after it has told the command's status; else something outside has killed it
    const int status = command_status_.value_or(init_status);
    result.how = WIFSIGNALED(status) ? SandboxOutcome::Signalled : SandboxOutcome::Exited;
    result.code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    return result;
}

StepWatch::StepWatch(StepWatch&& other) noexcept
    : step_(other.step_),
      pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::move(other.pidfd_)),
      status_read_(std::move(other.status_read_)),
      status_write_(std::move(other.status_write_)),
      output_read_(std::move(other.output_read_)),
      output_write_(std::move(other.output_write_)),
      error_read_(std::move(other.error_read_)),
      error_write_(std::move(other.error_write_)),
      terminal_(std::move(other.terminal_)),
      deadline_(other.deadline_) {}

StepWatch::~StepWatch() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    reap();
}

}  // namespace mabplan::runtime
