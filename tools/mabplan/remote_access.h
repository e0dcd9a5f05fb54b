// Files behind URLs and repositories, as the process finds its way to them: proxies, certificates, agents, the git program.
#pragma once

#include "plans/model/plan.h"
#include "runtime/sources/remote_sources.h"

#include <atomic>
#include <string>
#include <vector>

namespace mabplan::tools {

struct RemoteAccessOptions {
    std::string root;                      // what files of certificates are relative to
    std::vector<RegistryHost> registries;  // hosts whose certificates are the user's own
    bool offline = false;
    const std::atomic<bool>* stopped = nullptr;
};

runtime::RemoteSources::Options remote_options(const RemoteAccessOptions& options);

}  // namespace mabplan::tools
