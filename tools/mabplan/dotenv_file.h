// The .env file in the folder of a mabplan.yaml.
#pragma once

#include "compiler/matrix/dotenv.h"
#include "plans/base/result.h"
#include "plans/model/plan.h"

#include <map>
#include <string>
#include <vector>

namespace mabplan::tools {

// Nothing if there is none; a folder of this name is a virtual environment of Python, and no concern of ours.
Checked<compiler::Dotenv> read_dotenv(const std::string& root);

// The variables that secrets are taken from: of the environment, and those of the plan that it does not have of the file. A plan holds no
// values, so they are read when it runs. `given`: secrets beside those of the plan.
Checked<std::map<std::string, std::string>> variables_for_secrets(const Plan& plan, const std::vector<SecretSource>& given,
                                                                  const std::string& root);

}  // namespace mabplan::tools
