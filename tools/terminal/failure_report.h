// What is said last of a run that failed: for each failure the end of what the step said, the place in the Dockerfile, the cause. The same
// failure for several platforms is told once, with all their names. Pure.
#pragma once

#include "runtime/events/build_event.h"
#include "runtime/log/text_style.h"
#include "tools/terminal/step_names.h"

#include <string>
#include <vector>

namespace mabplan::tools {

// In the order in which they happened, but those that only platforms have which may fail come first. Ends with a line feed, or is empty.
std::string report_failures(const std::vector<runtime::Failed>& failures, const std::vector<StepName>& names, runtime::Colours colours);

}  // namespace mabplan::tools
