// The outside of a step's terminal: passes what is typed in, and what is said out, and keeps the size. The terminal itself is made by the
// first process of the step in its own /dev/pts, and its other side comes over a socket. Does not know the terminal that it is shown on.
#pragma once

#include "plans/base/result.h"
#include "runtime/sandbox/sandbox.h"
#include "runtime/sys/fd.h"

#include <poll.h>
#include <sys/ioctl.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace mabplan::runtime {

class TerminalRelay {
public:
    static constexpr std::size_t kEvents = 4;
    using Events = std::span<pollfd, kEvents>;

    static Result<TerminalRelay> open(const TerminalEnds& ends);

    // What the child sends the terminal over, until it has been cloned.
    int child_end() const { return child_end_.get(); }
    void close_child_end() { child_end_.reset(); }
    // Of the terminal that it is shown on; without rows if there is none.
    winsize shown_size() const;

    void await(Events events) const;
    void handle(std::span<const pollfd, kEvents> events, OutputSink& sink);
    // What was said last, when no process is left that could say more.
    void drain(OutputSink& sink);

private:
    explicit TerminalRelay(const TerminalEnds& ends) : ends_(ends) {}
    void receive_terminal();
    void copy_size() const;
    void read_typed();
    void write_typed();
    bool pass_said(OutputSink& sink);  // false: nothing was there

    TerminalEnds ends_;
    Fd child_end_;
    Fd socket_;    // until the terminal has come
    Fd terminal_;  // its master side
    std::string typed_;
};

// For the child: async-signal-safe.
bool send_descriptor(int socket, int descriptor);

}  // namespace mabplan::runtime
