// Why a host refuses a user namespace, in words: the kernel's errno says something else ("No space left on device").
#pragma once

#include "plans/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mabplan::runtime {

// What the host says about itself, where it can be read.
struct NamespaceFacts {
    std::optional<std::uint64_t> max_user_namespaces = {};  // /proc/sys/user/max_user_namespaces
    bool unprivileged_denied = false;                       // kernel.unprivileged_userns_clone = 0 (Debian's older kernels)
    bool apparmor_restricts = false;                        // kernel.apparmor_restrict_unprivileged_userns = 1 (Ubuntu 23.10+)
    bool seccomp_filtered = false;                          // this process runs under a seccomp filter: it is in a container
    std::string program = {};                               // path of this program, for an AppArmor profile
};

NamespaceFacts read_namespace_facts();

// What was refused.
enum class NamespaceStep { Create, MapIds, Mounts };

// An Environment error: cause, remedy. `number`: errno.
Failure explain_namespace_refusal(NamespaceStep step, int number, const NamespaceFacts& facts);

}  // namespace mabplan::runtime
