// The times of files for one command with caches, from before it starts until its layer is there: the one door of this room.
#pragma once

#include "runtime/freshness/cache_times.h"
#include "runtime/sandbox/sandbox.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace mabplan::runtime {

// Without caches nothing is looked at and nothing changes.
class StepFreshness {
public:
    // The step is complete but for this: folders with refreshed files, made in its scratch folder, are laid on its layers.
    static Result<StepFreshness> prepare(SandboxSpec& spec, const std::vector<UsedCache>& caches, SeenLayers layers);

    std::size_t new_files() const { return times_ ? times_->new_files() : 0; }

    // After a command that ended well and before its layer is written: what it left of refreshed files has the times of their layers again.
    Status settle(const std::string& upper_dir);
    // Then, with the fs folder of that layer.
    Status record(const std::string& layer);
    // Instead of both, where the command failed.
    Status forget(const std::string& upper_dir);

private:
    explicit StepFreshness(SeenLayers layers) : layers_(std::move(layers)) {}
    Status refresh(SandboxSpec& spec);
    Status forget_mounts();

    struct WritableMount {
        std::string upper_dir;
        std::size_t stack = 0;  // of the sight
    };

    SeenLayers layers_;
    std::optional<CacheTimes> times_;
    WrittenFiles written_;
    std::vector<WritableMount> writable_mounts_;
};

}  // namespace mabplan::runtime
