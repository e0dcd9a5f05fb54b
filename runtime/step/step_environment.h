// The variables that the command of a step sees: its own, and what the host gives beside them.
#pragma once

#include "plans/model/step.h"
#include "runtime/accounts/user_lookup.h"

#include <string>
#include <vector>

namespace mabplan::runtime {

// "NAME=value" each.
struct GivenVariables {
    std::vector<std::string> secrets;
    std::vector<std::string> devices;
    std::string agent_socket;  // for SSH_AUTH_SOCK; empty if there is none
};

std::vector<std::string> step_environment(const StepRequest& request, const User& user, const GivenVariables& given);

}  // namespace mabplan::runtime
