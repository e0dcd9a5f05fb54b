#include "runtime/sys/thread.h"

#include "plans/base/format.h"

#include <algorithm>
#include <system_error>

namespace mabplan::runtime {

Result<std::thread> start_thread(std::function<void()> run) {
    try {
        return std::thread(std::move(run));
    } catch (const std::system_error& error) {
        return fail(ErrorKind::Environment, format("cannot start a thread: {}", error.code().message()),
                    "raise the limit of processes (`ulimit -u`), or build with fewer jobs (`-j`)");
    }
}

bool sleep_unless(const std::function<bool()>& stop, std::chrono::milliseconds length) {
    constexpr std::chrono::milliseconds kSlice{50};
    const auto end = std::chrono::steady_clock::now() + length;
    while (std::chrono::steady_clock::now() < end) {
        if (stop && stop()) return false;
        std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(kSlice, end - std::chrono::steady_clock::now()));
    }
    return true;
}

}  // namespace mabplan::runtime
