// The files that the mounts of a command bring: of contexts, of other root file systems, of the plan itself.
#pragma once

#include "runtime/copy/context_source.h"
#include "runtime/exec/action_results.h"
#include "runtime/exec/copy_execution.h"
#include "runtime/freshness/step_sight.h"
#include "runtime/layers/layer_store.h"
#include "runtime/step/run_mounts.h"

#include <optional>
#include <string>

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
        int stop_fd = -1;
    };
    ActionMounts(const Sources& sources, std::optional<LayerTime> time);

    Result<std::string> identity(const FileOrigin& from, const std::string& source) override;
    Result<LayersMount> layers(const FileOrigin& from, const std::string& source) override;
    Result<TreeEntry> facts(const FileOrigin& from, const std::string& source) override;
    Status copy_into(const std::string& folder, const FileOrigin& from, const std::string& source) override;

    // Which layers base images and commands made, as far as this run knows.
    SeenLayers seen_layers() const;

private:
    Status note_seed(const std::string& folder, const FileOrigin& from);

    const Sources& sources_;
    std::optional<LayerTime> time_;
};

}  // namespace mabplan::runtime
