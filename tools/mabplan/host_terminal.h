// The terminal that this process was started on, while a command of `image run` has one of its own: what is typed goes to that, key by key.
#pragma once

#include "runtime/sandbox/sandbox.h"
#include "runtime/sys/fd.h"

#include <termios.h>

#include <optional>

namespace mabplan::tools {

enum class Typing { Passed, Kept };

// One at a time in a process. As it was before when it goes.
class HostTerminal {
public:
    // Passed: from now on no key is an order to this process, Ctrl-C included.
    explicit HostTerminal(Typing typing);
    ~HostTerminal();
    HostTerminal(const HostTerminal&) = delete;
    HostTerminal& operator=(const HostTerminal&) = delete;

    runtime::TerminalEnds ends() const;

private:
    runtime::Fd resized_;  // an eventfd
    std::optional<termios> before_;
};

}  // namespace mabplan::tools
