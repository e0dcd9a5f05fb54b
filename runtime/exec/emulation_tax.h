// What emulation costs a build: of each platform how long its steps took under an emulator, and the stage that would be worth
// cross-compiling. Pure: made of the plan and of how long its actions took.
#pragma once

#include "plans/model/plan.h"

#include <string>
#include <vector>

namespace mabplan::runtime {

// Of one action in this run; zeros for one that was cached or is not done.
struct ActionTime {
    double seconds = 0;
    bool emulated = false;
};

struct EmulationTax {
    Platform platform;            // of the images
    double emulated_seconds = 0;  // of its steps in this run
    double seconds = 0;           // of all that was executed for it; what runs side by side is added up
    // Of the stages that the images only take files from, the one with the longest emulated time: its commands could run natively. Empty:
    // there is none.
    std::string stage;
    double stage_seconds = 0;  // its emulated ones
    bool operator==(const EmulationTax&) const = default;
};

// `times`: one for each action. Platforms in the order of the plan, without those where nothing was emulated; what several targets
// share counts once.
std::vector<EmulationTax> emulation_taxes(const Plan& plan, const std::vector<ActionTime>& times);

// "arm64: 61 s of 74 s emulated; stage build took 48 s of it and could cross-compile (FROM --platform=$BUILDPLATFORM)"; empty where it is
// not worth a word.
std::string tax_in_words(const EmulationTax& tax);

}  // namespace mabplan::runtime
