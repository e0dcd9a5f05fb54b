// That the user wants the process to end.
#pragma once

#include "runtime/sys/stop.h"

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

private:
    runtime::Stop stop_;
};

}  // namespace mabplan::tools
