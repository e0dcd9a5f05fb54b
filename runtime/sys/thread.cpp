#include "runtime/sys/thread.h"

#include "plans/base/format.h"

#include <system_error>

namespace mabplan::runtime {

Result<std::thread> start_thread(std::function<void()> run) {
    try {
        return std::thread(std::move(run));
    } catch (const std::system_error& error) {
        return fail(Error{ErrorKind::Environment, format("cannot start a thread: {}", error.code().message()), {}, {},
                          "raise the limit of processes (`ulimit -u`), or build with fewer jobs (`-j`)", {}});
    }
}

}  // namespace mabplan::runtime
