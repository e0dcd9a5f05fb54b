// That the user wants the process to end.
#pragma once

#include <atomic>

namespace mabplan::tools {

// Turns SIGINT, SIGTERM and SIGHUP into a flag and a readable descriptor. One per process.
class Interrupts {
public:
    Interrupts();
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;
    int fd() const;
    const std::atomic<bool>& flag() const;
    bool came() const { return flag().load(); }
};

}  // namespace mabplan::tools
