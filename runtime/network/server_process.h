// A program that serves this process for a while: it sees no terminal and no files of ours, and however this process ends, it ends too.
// Does not know what it is for.
#pragma once

#include "plans/base/result.h"
#include "runtime/sys/fd.h"

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace mabplan::runtime {

enum class ServerIds {
    Ours,
    OneOfOurs,  // in a user namespace of its own, where it is uid 0 and there is nobody else
};

struct ServerCall {
    std::vector<std::string> argv;  // argv[0] is a path
    std::vector<std::string> env;
    ServerIds ids = ServerIds::Ours;
    int handed_on = -1;  // a descriptor that it gets as kHandedOn; -1: none
};

class ServerProcess {
public:
    static constexpr int kHandedOn = 3;

    // A program that cannot be executed is one that ended.
    static Result<ServerProcess> start(const ServerCall& call);
    ServerProcess(ServerProcess&& other) noexcept;
    ServerProcess& operator=(ServerProcess&&) = delete;
    ~ServerProcess();  // ends it

    // Waits for its end, as long as that; false if it still runs then.
    bool has_ended_within(std::chrono::milliseconds time) const;
    // The process that watches over it, and is its parent.
    pid_t watcher() const { return pid_; }
    std::string said() const;  // to standard error, the end of it

private:
    ServerProcess(pid_t pid, Fd handle, Fd lifeline, Fd errors)
        : pid_(pid), handle_(std::move(handle)), lifeline_(std::move(lifeline)), errors_(std::move(errors)) {}

    pid_t pid_;    // of the process that watches over it
    Fd handle_;    // pidfd of that
    Fd lifeline_;  // the end of a pipe: when it is closed, all ends
    Fd errors_;    // a file in memory
};

}  // namespace mabplan::runtime
