// The lines at the bottom of a terminal that show what goes on: a pure function of what is known, the size of the screen and the time.
#pragma once

#include "tools/terminal/build_state.h"
#include "tools/terminal/estimate.h"
#include "tools/terminal/step_names.h"

#include <optional>
#include <string>
#include <vector>

namespace mabplan::tools {

struct ScreenSize {
    std::size_t columns = 80;
    std::size_t rows = 24;
    bool operator==(const ScreenSize&) const = default;
};

struct RegionLook {
    ScreenSize size;
    runtime::Colours colours = runtime::Colours::No;
    double at = 0;  // the clock of the events
    std::optional<Estimate> estimate = {};
};

// No line is wider than one column less than the screen; there are two lines less than the screen has, so that the cursor has one and what
// scrolled up keeps one. First the counts, then each step with its last lines, then transfers; what finds no room is counted. Nothing
// while nothing goes on.
std::vector<std::string> draw_region(const BuildState& state, const std::vector<StepName>& names, const RegionLook& look);

// Text in a style ("2": faint), where there are colours.
std::string paint(std::string_view text, std::string_view style, runtime::Colours colours);

}  // namespace mabplan::tools
