// That the user wants the process to end.
#pragma once

#include "runtime/sys/stop.h"

#include <termios.h>

namespace mabplan::tools {

// Turns SIGINT, SIGTERM and SIGHUP into a stop that whatever waits heeds; a second one ends the process as it would without this. One at a
// time in a process.
class Interrupts {
public:
    Interrupts();
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;
    runtime::Stop& stop() { return stop_; }
    const runtime::Stop& stop() const { return stop_; }

private:
    runtime::Stop stop_;
};

// What the terminal on standard input gets back before a second signal ends the process; null: nothing. It must outlive that.
void restore_when_killed(const termios* state);

}  // namespace mabplan::tools
