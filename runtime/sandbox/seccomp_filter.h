// The system calls that a step may make: the one door to libseccomp, which knows the numbers of calls on each architecture.
//
// What Docker's default profile refuses to a container with the 14 capabilities is refused here too: key rings, io_uring, userfaultfd,
// bpf, everything that mounts or lists mounts, namespaces (unshare, setns, clone with a namespace flag), pivot_root, kexec, kernel modules,
// swap, clocks, open by handle, performance events, the sockets AF_ALG and AF_VSOCK, personalities but for plain Linux and 32 bits; and
// TIOCSTI and TIOCLINUX, which type into a terminal. They fail with EPERM. clone3, whose flags cannot be seen, fails with ENOSYS, so that
// libc falls back to clone. Calls with a number above the last one known when this was written fail with ENOSYS too: what nobody has
// judged is not let through. Other calls are allowed. The same holds on every ABI that the host's kernel may run: x86_64 with i386 and
// x32, arm64 with 32-bit ARM; i386's socketcall(2) is allowed, as programs of i386 have no other sockets, and its families are not seen.
// A program under QEMU is filtered by the calls that QEMU makes for it.
#pragma once

#include <linux/filter.h>

#include <vector>

namespace mabplan::runtime {

// The filter as the kernel takes it (seccomp(2), SECCOMP_SET_MODE_FILTER).
std::vector<sock_filter> make_seccomp_program();

}  // namespace mabplan::runtime
