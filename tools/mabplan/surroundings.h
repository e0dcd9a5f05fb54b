// What a verb works with outside of itself, made once for all that it does: base images, files behind URLs and repositories, the folders
// of the project, and the user's wish that it end. So nothing is asked for, listed or loaded twice where a plan is made and run.
#pragma once

#include "runtime/context/project_folders.h"
#include "runtime/store/store.h"
#include "runtime/sys/stop.h"
#include "tools/mabplan/image_access.h"
#include "tools/mabplan/remote_access.h"

#include <string>
#include <vector>

namespace mabplan::tools {

struct SurroundingsOptions {
    std::string root;                      // absolute: what paths are relative to
    std::vector<RegistryHost> registries;  // settings of hosts
    bool offline = false;
    Digest standard_input{};  // of the archive that came there, in the store; empty if none did
    int jobs = 0;             // 0: as many as the host has processors
    bool own_names = true;    // bases are looked for among the store's own images first
};

class Surroundings {
public:
    // All of it ends when `stop` says so.
    Surroundings(const SurroundingsOptions& options, runtime::Store& store, runtime::Stop& stop);

    runtime::Store& store() { return store_; }
    runtime::Stop& stop() { return stop_; }
    Registries& registries() { return registries_; }
    ImageAccess& images() { return images_; }
    RemoteAccess& remote() { return remote_; }
    runtime::ProjectFolders& folders() { return folders_; }
    const SurroundingsOptions& options() const { return options_; }
    // An Interrupted error once the user asked for the end.
    Status check_interrupted() const;

private:
    SurroundingsOptions options_;
    runtime::Store& store_;
    runtime::Stop& stop_;
    Registries registries_;
    ImageAccess images_;
    RemoteAccess remote_;
    runtime::ProjectFolders folders_;
};

}  // namespace mabplan::tools
