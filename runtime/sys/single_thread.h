// The witness that this process has one thread, which some system calls ask for (unshare(2) with CLONE_NEWUSER). Does not know what for.
#pragma once

#include "plans/base/result.h"
#include "runtime/sys/stop.h"

#include <chrono>
#include <cstddef>

namespace mabplan::runtime {

// Of /proc/self/task; none where that can't be read.
std::size_t count_threads();

class SingleThread {
public:
    // Libraries leave threads behind that end by themselves, as one that asked for the address of a host for too long: they are waited for.
    // An Environment error if they do not end, an Interrupted one when `stop`, if there is one, says so.
    static Result<SingleThread> await(const Stop* stop = nullptr, std::chrono::milliseconds patience = kPatience);
    SingleThread(SingleThread&&) = default;
    SingleThread& operator=(SingleThread&&) = default;

private:
    static constexpr std::chrono::seconds kPatience{30};  // two name servers, asked twice, with 5 seconds each: resolv.conf(5)

    SingleThread() = default;
};

}  // namespace mabplan::runtime
