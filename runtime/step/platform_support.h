// How the programs of each platform that a plan needs run on this host; registers the emulators. In the user namespace of the run, while no
// command runs; those of other platforms are entered in the background (StepPlatform::others).
#pragma once

#include "plans/model/action.h"
#include "runtime/step/step_platform.h"

#include <string>
#include <vector>

namespace mabplan::runtime {

struct PlatformNeed {
    Platform platform;
    Runner runner = Runner::Auto;
    ActionId action;  // that needs it
    bool required = true;
};

struct UnsupportedPlatform {
    ActionId action;
    Error error;  // Environment: what is missing and what mends it
};

// By format_platform. A platform that can't run is an error if something required needs it; else its steps are refused.
tl::expected<StepPlatforms, UnsupportedPlatform> support_platforms(const std::vector<PlatformNeed>& needs,
                                                                   const std::vector<std::string>& emulator_folders);

}  // namespace mabplan::runtime
