// The files that the mounts of a command bring: of contexts, of other root file systems, of the plan itself.
#pragma once

#include "runtime/copy/context_source.h"
#include "runtime/exec/action_results.h"
#include "runtime/exec/copy_execution.h"
#include "runtime/layers/layer_store.h"
#include "runtime/step/step_inputs.h"

#include <optional>
#include <string>
#include <vector>

namespace mabplan::runtime {

// Of one command, at its time. What is mounted of contexts is newer than every layer of its chain, and the same for all commands of it.
class ActionMounts final : public MountFiles {
public:
    struct Sources {
        const Plan& plan;
        const ActionResults& results;
        CopyExecution& copies;
        LayerStore& layers;
        ContextSource& contexts;
    };
    ActionMounts(const Sources& sources, std::optional<LayerTime> time);

    Result<std::string> identity(const FileOrigin& from, const std::string& source) override;
    Result<LayersInput> layers(const FileOrigin& from, const std::string& source) override;
    Result<TreeEntry> facts(const FileOrigin& from, const std::string& source) override;
    Result<std::optional<CacheSeed>> seed(const FileOrigin& from, const std::string& source) override;
    // As far as this run knows.
    std::vector<Digest> made_among(const std::vector<Digest>& layers) override;

private:
    const Sources& sources_;
    std::optional<LayerTime> time_;
};

}  // namespace mabplan::runtime
