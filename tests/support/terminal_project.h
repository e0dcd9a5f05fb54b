// A plan for tests of what is shown: two platforms, a stage on the build platform, steps that run side by side.
#pragma once

#include "plans/model/plan.h"
#include "runtime/events/build_event.h"

#include <string>

namespace mabplan::tests {

inline const Platform kAmd{"linux", "amd64", {}, {}, {}};
inline const Platform kArm{"linux", "arm64", {}, {}, {}};

// builder (amd64 -> arm64): FROM, RUN make, RUN check · app (arm64): FROM, RUN install, COPY --from=builder · app (amd64): FROM, RUN
// install
struct TerminalProject {
    ActionId builder, make, check, arm_base, arm_install, arm_copy, amd_base, amd_install;
    Plan plan;

    TerminalProject() {
        builder = add(image(kAmd), 1, "builder", "FROM gcc AS builder");
        make = add(command(builder, kAmd), 2, "builder", "RUN make");
        check = add(command(make, kAmd), 3, "builder", "RUN make check");
        arm_base = add(image(kArm), 4, "app", "FROM base AS app");
        arm_install = add(command(arm_base, kArm), 5, "app", "RUN install");
        CopyAction copy;
        copy.root = arm_install;
        copy.parts.push_back({RootFiles{check}, {"/out"}, false});
        copy.destination = "/out";
        arm_copy = add(copy, 6, "app", "COPY --from=builder /out /out");
        amd_base = add(image(kAmd), 4, "app", "FROM base AS app");
        amd_install = add(command(amd_base, kAmd), 5, "app", "RUN install");
        Target target;
        target.name = "default";
        target.cells = {cell(kArm, arm_copy), cell(kAmd, amd_install)};
        plan.targets.push_back(std::move(target));
    }

    ActionId add(Work work, std::uint32_t line, const std::string& stage, const std::string& text) {
        plan.actions.push_back({std::move(work), {}, {"Dockerfile", line, line, stage, text}});
        return {static_cast<std::uint32_t>(plan.actions.size() - 1)};
    }
    static Work image(const Platform& platform) {
        ImageAction action;
        action.name = "base";
        action.platform = platform;
        return action;
    }
    static Work command(ActionId root, const Platform& platform) {
        RunAction action;
        action.root = root;
        action.platform = platform;
        return action;
    }
    static Cell cell(const Platform& platform, ActionId root, const std::string& target = "default") {
        Cell one;
        one.target = target;
        one.platform = platform;
        one.root = root;
        return one;
    }
};

}  // namespace mabplan::tests
