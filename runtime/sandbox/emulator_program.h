// The file that the kernel starts for the programs of a machine: QEMU itself, or a copy of it in memory that gives itself `-cpu MODEL`.
// No path leads to the copy: the kernel holds it open (binfmt_misc, flag F), so it is there in every root, and in no layer.
#pragma once

#include "plans/base/result.h"
#include "runtime/sys/fd.h"

#include <functional>
#include <optional>
#include <string>

namespace mabplan::runtime {

// Where it is registered from: the name of it as the kernel is to open it, from within the folder. A relative name is what programs see
// of it (in /proc/PID/cmdline), so it is the same on every host and in every run.
struct EmulatorProgram {
    Fd folder;         // not valid: `name` is absolute
    std::string name;  // "qemu-aarch64-static"
};

// Nothing where the program can't be made to start so (elf_start.h), or no file can be made in memory. Some 13 MB are copied: 5 ms. In a
// user namespace of our own.
std::optional<EmulatorProgram> copy_with_cpu(const std::string& path, const std::string& model);

// What `work` says, done with the folder as working folder, in a thread of its own: the working folder of others stays.
Status in_folder(const Fd& folder, const std::function<Status()>& work);

}  // namespace mabplan::runtime
