// The files that an action's mounts bring, as its executor knows them. A part of ActionExecutor.
#pragma once

#include "runtime/exec/action_executor.h"

namespace mabplan::runtime {

// `time`: that of the action, which copies of contexts get.
class ActionExecutor::MountsAt final : public MountFiles {
public:
    MountsAt(ActionExecutor& executor, std::optional<LayerTime> time) : executor_(executor), time_(time) {}

    Result<std::string> identity(const FileOrigin& from, const std::string& source) override { return executor_.identity(from, source); }
    Result<LayersMount> layers(const FileOrigin& from, const std::string& source) override;
    Result<TreeEntry> facts(const FileOrigin& from, const std::string& source) override { return executor_.facts(from, source); }
    Status copy_into(const std::string& folder, const FileOrigin& from, const std::string& source) override;

private:
    ActionExecutor& executor_;
    std::optional<LayerTime> time_;
};

}  // namespace mabplan::runtime
