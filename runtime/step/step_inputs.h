// The mounts of a plan's command as a step has them: files by the layers that hold them, caches by their keys. Asks a port for files; knows
// no store, no key of an action and no host.
#pragma once

#include "plans/model/action.h"
#include "plans/model/step.h"
#include "plans/tree/tree_entry.h"

#include <optional>
#include <string>
#include <vector>

namespace mabplan::runtime {

// Who can say what the files of an origin are, and where they lie.
class MountFiles {
public:
    virtual ~MountFiles() = default;
    // What stands for them in a key: it changes exactly if what is mounted does.
    virtual Result<std::string> identity(const FileOrigin& from, const std::string& source) = 0;
    // Where they are, made there if need be.
    virtual Result<LayersInput> layers(const FileOrigin& from, const std::string& source) = 0;
    // Owner and mode of what is mounted.
    virtual Result<TreeEntry> facts(const FileOrigin& from, const std::string& source) = 0;
    // A layer that holds nothing else, made if need be; nothing if they are none.
    virtual Result<std::optional<CacheSeed>> seed(const FileOrigin& from, const std::string& source) = 0;
    // Those of the layers that base images and commands made.
    virtual std::vector<Digest> made_among(const std::vector<Digest>& layers) = 0;
};

// The identities of the files that are mounted, in the order of origins_of.
Result<std::vector<std::string>> mounted_identities(const RunAction& run, MountFiles& files);

// What the action of a command asks for, on the layers that it stands on.
Result<StepRequest> make_step_request(const Action& action, std::vector<Digest> below, MountFiles& files);

}  // namespace mabplan::runtime
