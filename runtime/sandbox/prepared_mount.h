// A mount of a step with all texts at hand that its child process needs (see prepared_step.h).
#pragma once

#include "plans/base/result.h"
#include "runtime/sandbox/step_mount.h"

#include <string>
#include <vector>

namespace mabplan::runtime {

struct RoomLink {
    std::string name;
    std::string target;
};

struct PreparedMount {
    const StepMount* mount = nullptr;   // outlives this
    std::string room_name;              // of its file, or of the folder its overlay is mounted on, in the room
    std::string overlay_options;        // LayersMount
    std::string source;                 // LayersMount: relative to the root of the stack
    std::string size;                   // MemoryMount: empty for the default
    std::string mode;                   // MemoryMount: in octal
    std::vector<std::string> prefixes;  // "a", "a/b": the paths down to the target, relative to the root
};

// Makes the folders that written layers need in scratch_dir. `links` gets the short names that the overlay options are written in.
Result<PreparedMount> prepare_mount(const StepMount& mount, std::size_t number, const std::string& scratch_dir,
                                    std::vector<RoomLink>& links);

// Makes scratch_dir/NAME/upper and scratch_dir/NAME/work; the upper folder gets owner, mode and times of the top layer's root, since
// those are the ones that the merged tree shows.
Status make_upper_folder(const std::string& path, const std::vector<std::string>& lower_dirs);
Status make_scratch_folder(const std::string& path, unsigned mode);

// How much memory the files in it need.
std::uint64_t memory_of_files(const std::vector<StepMount>& mounts);

}  // namespace mabplan::runtime
