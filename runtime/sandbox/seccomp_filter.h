// The system calls that a step may make: the one door to libseccomp.
//
// What Docker's default profile refuses to a container with the 14 capabilities is refused here too: key rings, io_uring, userfaultfd,
// bpf, everything that mounts, namespaces (unshare, setns, clone with a namespace flag), pivot_root, kexec, kernel modules, swap, clocks,
// open by handle, performance events, the sockets AF_ALG and AF_VSOCK; and TIOCSTI and TIOCLINUX, which type into a terminal. They fail
// with EPERM. clone3, whose flags cannot be seen, fails with ENOSYS, so that libc falls back to clone. Calls with a number above the last
// one known when this was written fail with ENOSYS too: what nobody has judged is not let through. Other calls are allowed, personality(2)
// as well. A program under QEMU is filtered by the calls that QEMU makes for it.
#pragma once

#include "plans/base/result.h"

#include <linux/filter.h>

#include <vector>

namespace mabplan::runtime {

enum class SocketCall {
    Denied,  // socketcall(2) of i386 hides its arguments from the filter
    Allowed
};

// The filter as the kernel takes it (seccomp(2), SECCOMP_SET_MODE_FILTER). Takes some milliseconds.
Result<std::vector<sock_filter>> make_seccomp_program(SocketCall socket_call);

}  // namespace mabplan::runtime
