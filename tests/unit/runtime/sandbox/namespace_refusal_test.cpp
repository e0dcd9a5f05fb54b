#include "runtime/sandbox/namespace_refusal.h"

#include <doctest/doctest.h>

#include <cerrno>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

std::string told(NamespaceStep step, int number, const NamespaceFacts& facts) {
    const Failure failure = explain_namespace_refusal(step, number, facts);
    CHECK(failure.value().kind == ErrorKind::Environment);
    return format_error(failure.value());
}

}  // namespace

TEST_CASE("no space left on device means the limit of user namespaces") {
    CHECK(
        told(NamespaceStep::Create, ENOSPC, {.max_user_namespaces = 0}) ==
        "error: this host does not let mabplan make a user namespace: the limit of user namespaces is reached (user.max_user_namespaces is "
        "0)\n"
        "  hint: `sudo sysctl -w user.max_user_namespaces=15000`; inside a sandbox of another tool, allow nested user namespaces there\n");
}

TEST_CASE("a refusal under AppArmor's restriction shows the profile that mends it") {
    const std::string text =
        told(NamespaceStep::MapIds, EPERM, {.max_user_namespaces = 9, .apparmor_restricts = true, .program = "/opt/mabplan"});
    CHECK(
        text.find(
            "map ids into its user namespace: AppArmor restricts user namespaces (kernel.apparmor_restrict_unprivileged_userns is 1)\n") !=
        std::string::npos);
    CHECK(text.find("profile mabplan /opt/mabplan flags=(unconfined) { userns, }") != std::string::npos);
}

TEST_CASE("each cause of a permission error is told apart") {
    CHECK(told(NamespaceStep::Create, EPERM, {.max_user_namespaces = 9, .unprivileged_denied = true})
              .find("make a user namespace: kernel.unprivileged_userns_clone is 0\n  hint: `sudo sysctl -w "
                    "kernel.unprivileged_userns_clone=1`") != std::string::npos);
    CHECK(told(NamespaceStep::Create, EPERM, {.max_user_namespaces = 9, .seccomp_filtered = true})
              .find("the container that mabplan runs in forbids it (seccomp)") != std::string::npos);
    CHECK(told(NamespaceStep::Mounts, EACCES, {.max_user_namespaces = 9}).find("mount in its own user namespace: permission denied\n") !=
          std::string::npos);
}

TEST_CASE("an old kernel and too deep a nesting are told as such") {
    CHECK(told(NamespaceStep::Create, EINVAL, {}).find("this kernel has no user namespaces\n  hint: use a kernel with CONFIG_USER_NS=y") !=
          std::string::npos);
    CHECK(told(NamespaceStep::Create, EUSERS, {.max_user_namespaces = 9}).find("user namespaces are nested too deep") != std::string::npos);
}
