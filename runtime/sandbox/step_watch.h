// The parent's side of a running step: starts its first process, passes its output on, ends it in time, and says how it ended.
#pragma once

#include "plans/base/result.h"
#include "runtime/sandbox/prepared_step.h"
#include "runtime/sandbox/setup_stage.h"
#include "runtime/sandbox/terminal_relay.h"
#include "runtime/sys/fd.h"

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <span>

namespace mabplan::runtime {

class StepWatch {
public:
    static Result<StepWatch> start(const PreparedStep& step);
    // Returns when the first process, and so every process of the step, is gone.
    Result<SandboxOutcome> wait(OutputSink& sink);

    StepWatch(StepWatch&& other) noexcept;
    StepWatch& operator=(StepWatch&&) = delete;
    ~StepWatch();  // ends the step if it still runs

private:
    using Clock = std::chrono::steady_clock;
    enum class Phase { Running, Ending, Killed };  // Ending: SIGTERM was sent, the grace runs

    explicit StepWatch(const PreparedStep& step) : step_(&step) {}
    Status open_pipes();
    Status clone_child();
    int milliseconds_left() const;
    void begin_end(SandboxOutcome::How how, std::chrono::milliseconds grace);
    void read_reports();
    void pass_output(Fd& pipe, int stream, OutputSink& sink);
    void handle_terminal(std::span<const pollfd, TerminalRelay::kEvents> events, OutputSink& sink);
    void pass_rest(OutputSink& sink);
    int reap();
    Status remove_made_folders() const;
    Result<SandboxOutcome> outcome(int init_status, OutputSink& sink) const;

    const PreparedStep* step_;
    pid_t pid_ = -1;
    Fd pidfd_;
    Fd status_read_, status_write_;
    Fd output_read_, output_write_;
    Fd error_read_, error_write_;
    std::optional<TerminalRelay> terminal_;
    Phase phase_ = Phase::Running;
    std::optional<SandboxOutcome::How> ended_by_us_;
    std::optional<Clock::time_point> deadline_;
    std::optional<SetupReport> failure_;  // SetupFailed or ExecFailed
    std::optional<int> command_status_;   // as waitpid(2) has it
    int notes_ = 0;
};

}  // namespace mabplan::runtime
