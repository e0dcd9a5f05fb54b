// Steps and their results as JSON text: the same value always gives the same bytes. What is read is believed in nothing: types, unknown
// members, words, paths and bounds are checked, so that a file edited by hand is refused with the place. The forms are described in
// plans/README.md.
#pragma once

#include "plans/base/result.h"
#include "plans/model/step.h"

#include <string>
#include <string_view>

namespace mabplan {

inline constexpr std::string_view kStepSchema = "mabplan-step-1";
inline constexpr std::string_view kStepResultSchema = "mabplan-step-result-1";

std::string write_step_request(const StepRequest& request);
std::string write_step_result(const StepResult& result);

// `name` is the file's, for messages. Kind of error: Input.
Result<StepRequest> read_step_request(std::string_view text, std::string_view name);
Result<StepResult> read_step_result(std::string_view text, std::string_view name);

}  // namespace mabplan
