// The files that an action's mounts bring, as its executor knows them. A part of ActionExecutor.
#pragma once

#include "runtime/exec/action_executor.h"

#include <algorithm>

namespace mabplan::runtime {

// `time`: that of the action. What is mounted of contexts is newer than every layer of its chain, and the same for all commands of it.
class ActionExecutor::MountsAt final : public MountFiles {
public:
    MountsAt(ActionExecutor& executor, std::optional<LayerTime> time) : executor_(executor), time_(time) {
        if (time_) time_->place = std::max(time_->place, kBehindLayers);
    }

    Result<std::string> identity(const FileOrigin& from, const std::string& source) override { return executor_.identity(from, source); }
    Result<LayersMount> layers(const FileOrigin& from, const std::string& source) override;
    Result<TreeEntry> facts(const FileOrigin& from, const std::string& source) override { return executor_.facts(from, source); }
    Status copy_into(const std::string& folder, const FileOrigin& from, const std::string& source) override;

private:
    static constexpr std::uint32_t kBehindLayers = 1800;  // half of the hour that a chain has before a given epoch

    ActionExecutor& executor_;
    std::optional<LayerTime> time_;
};

}  // namespace mabplan::runtime
