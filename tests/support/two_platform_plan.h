// A plan for tests of what is shown of a run: a base, a copy, and a command for each of two platforms, which one target needs. No action
// can be executed.
#pragma once

#include "plans/model/plan.h"

namespace mabplan::tests {

inline Platform platform_for(std::string architecture) { return {"linux", std::move(architecture), "", "", {}}; }

// Actions: 0 the base for amd64, 1 `COPY . /src` on it, 2 `RUN make` on that; 3 to 5 the same for arm64.
inline Plan two_platform_plan() {
    Plan plan;
    Target target;
    target.name = "web";
    for (const char* architecture : {"amd64", "arm64"}) {
        const auto first = static_cast<std::uint32_t>(plan.actions.size());
        const auto origin = [](std::uint32_t line, std::string text) { return Origin{"Dockerfile", line, line, "build", std::move(text)}; };
        ImageAction image;
        image.name = "debian";
        image.platform = platform_for(architecture);
        plan.actions.push_back({image, Digest::of("image"), origin(1, "FROM debian AS build")});
        CopyAction copy;
        copy.root = ActionId{first};
        plan.actions.push_back({copy, Digest::of("copy"), origin(2, "COPY . /src")});
        RunAction run;
        run.root = ActionId{first + 1};
        run.platform = image.platform;
        plan.actions.push_back({run, Digest::of("run"), origin(3, "RUN make")});
        Cell cell;
        cell.target = target.name;
        cell.platform = image.platform;
        cell.root = ActionId{first + 2};
        target.cells.push_back(std::move(cell));
    }
    plan.targets.push_back(std::move(target));
    return plan;
}

}  // namespace mabplan::tests
