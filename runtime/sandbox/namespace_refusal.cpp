#include "runtime/sandbox/namespace_refusal.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMaxFactBytes = 65536;

std::optional<std::uint64_t> read_number(const std::string& path) {
    const Result<std::string> text = read_file(path, kMaxFactBytes);
    return text ? parse_unsigned(trim(*text)) : std::nullopt;
}

bool runs_under_seccomp() {
    const Result<std::string> status = read_file("/proc/self/status", kMaxFactBytes);
    return status && status->find("\nSeccomp:\t2\n") != std::string::npos;
}

std::string own_program() {
    std::array<char, 4096> target{};
    const ssize_t length = ::readlink("/proc/self/exe", target.data(), target.size());
    return length > 0 ? std::string(target.data(), static_cast<std::size_t>(length)) : std::string("/usr/bin/mabplan");
}

std::string_view refused(NamespaceStep step) {
    switch (step) {
        case NamespaceStep::Create: return "this host does not let mabplan make a user namespace";
        case NamespaceStep::MapIds: return "this host does not let mabplan map ids into its user namespace";
        case NamespaceStep::Mounts: return "this host does not let mabplan mount in its own user namespace";
    }
    return "";
}

Failure refusal(NamespaceStep step, std::string_view cause, std::string hint) {
    return fail(ErrorKind::Environment, format("{}: {}", refused(step), cause), std::move(hint));
}

Failure apparmor_refusal(NamespaceStep step, const NamespaceFacts& facts) {
    return refusal(step, "AppArmor restricts user namespaces (kernel.apparmor_restrict_unprivileged_userns is 1)",
                   format("give mabplan a profile: write `abi <abi/4.0>, include <tunables/global> profile mabplan {} flags=(unconfined) "
                          "{{ userns, }}` to /etc/apparmor.d/mabplan and run `sudo apparmor_parser -r /etc/apparmor.d/mabplan`; or for "
                          "every program: `sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`",
                          facts.program));
}

}  // namespace

NamespaceFacts read_namespace_facts() {
    NamespaceFacts facts;
    facts.max_user_namespaces = read_number("/proc/sys/user/max_user_namespaces");
    facts.unprivileged_denied = read_number("/proc/sys/kernel/unprivileged_userns_clone") == std::optional<std::uint64_t>(0);
    facts.apparmor_restricts = read_number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == std::optional<std::uint64_t>(1);
    facts.seccomp_filtered = runs_under_seccomp();
    facts.program = own_program();
    return facts;
}

Failure explain_namespace_refusal(NamespaceStep step, int number, const NamespaceFacts& facts) {
    if (number == ENOSPC)
        return refusal(
            step, format("the limit of user namespaces is reached (user.max_user_namespaces is {})", facts.max_user_namespaces.value_or(0)),
            "`sudo sysctl -w user.max_user_namespaces=15000`; inside a sandbox of another tool, allow nested user namespaces there");
    if (number == EUSERS)
        return refusal(step, "user namespaces are nested too deep", "run mabplan outside of some of the containers it is in");
    if (number == ENOSYS || (number == EINVAL && !facts.max_user_namespaces))
        return refusal(step, "this kernel has no user namespaces", "use a kernel with CONFIG_USER_NS=y");
    if (number == EPERM || number == EACCES) {
        if (facts.unprivileged_denied)
            return refusal(step, "kernel.unprivileged_userns_clone is 0", "`sudo sysctl -w kernel.unprivileged_userns_clone=1`");
        if (facts.apparmor_restricts) return apparmor_refusal(step, facts);
        if (facts.seccomp_filtered)
            return refusal(
                step, "the container that mabplan runs in forbids it (seccomp)",
                "run the container with `--security-opt seccomp=unconfined --security-opt systempaths=unconfined` (docker, podman), or in "
                "Kubernetes with `seccompProfile: {type: Unconfined}` and `procMount: Unmasked`");
        return refusal(
            step, "permission denied",
            "a security module, or a chroot(2) that mabplan runs in, forbids it: `mabplan doctor` probes each thing that a build needs");
    }
    return refusal(step, std::generic_category().message(number), "`mabplan doctor` probes each thing that a build needs");
}

}  // namespace mabplan::runtime
