// What is mounted in a step's root beside what every step has: files of the host, what a stack of layers shows, memory. Does not
// know Dockerfiles: which mount stands for a cache or a secret is the caller's to know.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mabplan::runtime {

enum class MountAccess { ReadOnly, Writable };

// A folder, file or socket of the host, as it is.
struct HostMount {
    std::string path;  // absolute
};

// A path in a stack of layers. What is written to it is thrown away after the step.
struct LayersMount {
    std::vector<std::string> lower_dirs;  // as those of SandboxSpec; none: an empty folder
    std::string source;                   // absolute, symlinks resolved inside of the stack
};

// An empty folder in memory.
struct MemoryMount {
    std::optional<std::uint64_t> size{};  // bytes; nothing: half of the memory, as the kernel has it
    std::uint32_t mode = 01777;
    bool executable = true;  // programs in it can be executed
};

// A file that is held in memory and never reaches a disk. Programs in it can be executed if its mode says so.
struct FileMount {
    std::string content;
    std::uint32_t mode = 0400;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
};

// The mount point is made if it is missing, with its parents (0755 root), and stays in the upper folder.
struct StepMount {
    std::string target;  // absolute, clean; symlinks are resolved inside of the root
    std::variant<HostMount, LayersMount, MemoryMount, FileMount> what;
    MountAccess access = MountAccess::ReadOnly;
};

// Where the n-th mount of a step writes to, if it is a LayersMount that is writable.
std::string upper_of_mount(const std::string& scratch_dir, std::size_t number);

}  // namespace mabplan::runtime
