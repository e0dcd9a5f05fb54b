// What the process finds around it: environment, folders, the host. The one place that reads them; all others are given values.
#pragma once

#include "compiler/ports/environment.h"
#include "plans/oci/platform.h"
#include "runtime/grants/secrets.h"
#include "runtime/store/store.h"
#include "tools/mabplan/command_line.h"
#include "tools/terminal/progress_choice.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace mabplan::tools {

class ProcessEnvironment final : public compiler::Environment {
public:
    std::optional<std::string> get(const std::string& name) const override;
};

// What secrets and agents are taken from: these variables, and what this process was given.
runtime::UserEnvironment user_environment(std::map<std::string, std::string> variables);
Variables process_variables();  // of the environment

// The store's folder: the flag, else $MABPLAN_CACHE_DIR, else $XDG_CACHE_HOME/mabplan, else ~/.cache/mabplan.
Result<std::string> store_folder(const CommonOptions& options);
Result<std::unique_ptr<runtime::Store>> open_store(const CommonOptions& options);

// "NAME=value", as programs of others get it that belong to the user: keepers of credentials, engines.
std::vector<std::string> whole_environment();
std::vector<std::string> program_folders();  // PATH, split
std::string resolv_conf();                   // the text of the host's, empty if there is none
int default_jobs();
double steady_seconds();  // since any time; never set back
// Works in another folder from now on (-C).
Status change_directory(const std::string& folder);

}  // namespace mabplan::tools
