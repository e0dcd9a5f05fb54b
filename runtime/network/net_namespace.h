// Network namespaces, made and looked into while this process stays in its own.
#pragma once

#include "plans/base/result.h"
#include "runtime/network/route_socket.h"
#include "runtime/sys/fd.h"

namespace mabplan::runtime {

struct NetNamespace {
    Fd handle;           // it lives as long as this, or as a process in it
    RouteSocket routes;  // of it
};

// A new one with its loopback interface up, owned by the user namespace of this process.
Result<NetNamespace> make_net_namespace();
// One that is there already; `handle` stands for it.
Result<NetNamespace> open_net_namespace(Fd handle);

}  // namespace mabplan::runtime
