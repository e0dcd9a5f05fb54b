// All that a command can see of layers: the paths of its root file system and of its bind mounts, without what other mounts hide. Does
// not know what was seen before, nor what caches are.
#pragma once

#include "runtime/freshness/stack_listing.h"
#include "runtime/sandbox/step_mount.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

// A stack of layers that is seen at a target: the root file system, or what is mounted of another one.
struct SeenStack {
    std::string target;  // absolute; of the root empty
    std::vector<std::string> lower_dirs;
    std::string source;  // what of it, relative and resolved; empty: all
    std::shared_ptr<const StackListing> listing;
};

struct SeenFile {
    std::uint64_t key = 0;  // a hash of the absolute path
    Fingerprint content{};
    const ListedFile* file = nullptr;
    std::uint32_t stack = 0;
    LayerSource source = LayerSource::Given;
};

// Where layers are listed, and which fs folders are those of base images and commands: all others hold what was given.
struct SeenLayers {
    LayerListings& listings;
    std::set<std::string> made;
};

// A hash of an absolute path, "" being the root.
std::uint64_t path_key(std::string_view path);

class StepSight {
public:
    // The mounts with their targets resolved, in the order in which they are mounted.
    static Result<StepSight> look(const SeenLayers& layers, const std::vector<std::string>& lower_dirs,
                                  const std::vector<StepMount>& mounts);
    // The same after the command: with the layer that it made, one of the made ones, on top of the root.
    Result<StepSight> with_layer(const SeenLayers& layers, const std::string& layer) const;

    const std::vector<SeenStack>& stacks() const { return stacks_; }
    // By key.
    const std::vector<SeenFile>& files() const { return files_; }
    std::optional<std::size_t> find(std::uint64_t key) const;
    // The indices of a file, or of a directory and all that its stack has below it.
    std::vector<std::size_t> at_and_below(std::size_t index) const;
    // As the command names it.
    std::string path_of(const SeenFile& file) const;
    // Where symlinks lead from the absolute path, which may be one; nothing if there is nothing, or they form a loop.
    std::optional<std::string> resolve(const std::string& path) const;

private:
    Status add(const SeenLayers& layers, SeenStack stack);
    void gather();
    bool is_hidden(std::size_t stack, std::string_view path) const;

    std::vector<SeenStack> stacks_;      // the root first
    std::vector<std::string> targets_;   // of all mounts, in order
    std::vector<std::size_t> mount_of_;  // by stack but the root: which of them it is
    std::vector<SeenFile> files_;
};

}  // namespace mabplan::runtime
