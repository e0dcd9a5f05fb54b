#include "runtime/network/net_namespace.h"

#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"
#include "runtime/sys/thread.h"

#include <fcntl.h>
#include <sched.h>

#include <cerrno>
#include <functional>
#include <optional>

namespace mabplan::runtime {

namespace {

// A thread of its own, which ends thereafter: the way back into the host's namespace needs rights over that.
Result<NetNamespace> in_a_thread(const std::function<Result<NetNamespace>()>& make) {
    std::optional<Result<NetNamespace>> made;
    MABPLAN_TRY(thread, start_thread([&]() -> Status {
                    made.emplace(make());
                    return {};
                }));
    MABPLAN_CHECK(thread.join());
    return std::move(*made);
}

}  // namespace

Result<NetNamespace> make_net_namespace() {
    return in_a_thread([]() -> Result<NetNamespace> {
        if (::unshare(CLONE_NEWNET) != 0) return system_error(errno, "make", "a network namespace");
        MABPLAN_TRY(handle, open_file("/proc/thread-self/ns/net", O_RDONLY));
        MABPLAN_TRY(routes, RouteSocket::open());
        MABPLAN_CHECK(routes.set_up(kLoopbackIndex));
        return NetNamespace{std::move(handle), std::move(routes)};
    });
}

Result<NetNamespace> open_net_namespace(Fd handle) {
    return in_a_thread([&]() -> Result<NetNamespace> {
        if (::setns(handle.get(), CLONE_NEWNET) != 0) return system_error(errno, "enter", "a network namespace");
        MABPLAN_TRY(routes, RouteSocket::open());
        return NetNamespace{std::move(handle), std::move(routes)};
    });
}

}  // namespace mabplan::runtime
