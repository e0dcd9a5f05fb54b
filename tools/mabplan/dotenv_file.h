// The .env file in the folder of a mabplan.yaml.
#pragma once

#include "compiler/matrix/dotenv.h"
#include "plans/base/result.h"
#include "plans/model/plan.h"

#include <map>
#include <string>

namespace mabplan::tools {

// Nothing if there is none; a folder of this name is a virtual environment of Python, and no concern of ours.
Checked<compiler::Dotenv> read_dotenv(const std::string& root);

// What the file says of the variables that secrets of the plan are taken from and the environment does not have. A plan holds no values, so
// they are read when it runs.
Checked<std::map<std::string, std::string>> variables_for_secrets(const Plan& plan, const std::string& root);

}  // namespace mabplan::tools
