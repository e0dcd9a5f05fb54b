// What the process finds around it: environment, folders, the host. Read once, in main's reach, and handed on as values.
#pragma once

#include "compiler/ports/environment.h"
#include "plans/oci/platform.h"
#include "runtime/store/store.h"
#include "tools/mabplan/command_line.h"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace mabplan::tools {

class ProcessEnvironment final : public compiler::Environment {
public:
    std::optional<std::string> get(const std::string& name) const override;
};

// The store's folder: the flag, else $MABPLAN_CACHE_DIR, else $XDG_CACHE_HOME/mabplan, else ~/.cache/mabplan.
Result<std::string> store_folder(const CommonOptions& options);
Result<std::unique_ptr<runtime::Store>> open_store(const CommonOptions& options);

std::vector<std::string> program_folders();  // PATH, split
std::string resolv_conf();                   // the text of the host's, empty if there is none
int default_jobs();
// Works in another folder from now on (-C).
Status change_directory(const std::string& folder);

// Turns SIGINT, SIGTERM and SIGHUP into a flag and a readable descriptor. One per process.
class Interrupts {
public:
    Interrupts();
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;
    int fd() const;
    const std::atomic<bool>& flag() const;
};

}  // namespace mabplan::tools
