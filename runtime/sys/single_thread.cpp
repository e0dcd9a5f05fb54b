#include "runtime/sys/single_thread.h"

#include "plans/base/format.h"
#include "runtime/sys/file.h"
#include "runtime/sys/thread.h"

namespace mabplan::runtime {

std::size_t count_threads() {
    const auto tasks = list_names("/proc/self/task");
    return tasks ? tasks->size() : 0;
}

Result<SingleThread> SingleThread::await(const Stop* stop, std::chrono::milliseconds patience) {
    const auto end = std::chrono::steady_clock::now() + patience;
    for (std::size_t threads = count_threads(); threads > 1; threads = count_threads()) {
        if (std::chrono::steady_clock::now() >= end)
            return fail(ErrorKind::Environment,
                        format("a user namespace can only be entered by a process with one thread, and this one has {}", threads),
                        "they may wait for a name server that does not answer (/etc/resolv.conf): try again");
        const auto is_stopped = [stop] { return stop != nullptr && stop->is_stopped(); };
        if (!sleep_unless(is_stopped, std::chrono::milliseconds(10))) return fail(ErrorKind::Interrupted, "interrupted");
    }
    return SingleThread();
}

}  // namespace mabplan::runtime
