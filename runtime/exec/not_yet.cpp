#include "runtime/exec/not_yet.h"

#include "plans/base/format.h"

#include <array>

namespace mabplan::runtime {

namespace {

bool is_plain_bind(const Mount& mount) {
    const auto* bind = std::get_if<BindMount>(&mount.what);
    return bind != nullptr && std::holds_alternative<InlineFiles>(bind->from);
}

// The words for what is missing; empty if nothing is.
std::string missing_for(const Work& work) {
    constexpr std::array<std::string_view, 5> kMounts{"bind", "cache", "tmpfs", "secret", "ssh"};
    const auto* run = std::get_if<RunAction>(&work);
    if (run == nullptr) return {};
    for (const Mount& mount : run->mounts) {
        if (is_plain_bind(mount)) return "a script with #! in a here-document";
        return format("RUN --mount=type={}", kMounts[mount.what.index()]);
    }
    return run->security == Security::Insecure ? "RUN --security=insecure" : "";
}

}  // namespace

Status refuse_not_yet(const Plan& plan) {
    for (const Action& action : plan.actions) {
        const std::string missing = missing_for(action.work);
        if (missing.empty()) continue;
        const Origin& origin = action.origin;
        return fail({ErrorKind::Input, format("{} can't be executed yet", missing), {}, {format("reading {}:{} {}", origin.dockerfile, origin.line, origin.text)}, {}, {}});
    }
    return {};
}

}  // namespace mabplan::runtime
