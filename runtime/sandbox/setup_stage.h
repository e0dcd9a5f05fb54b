// The steps of setting a sandbox up, as the child reports them, and what a failure of each means to a person.
#pragma once

#include "plans/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace mabplan::runtime {

enum class SetupStage : std::int32_t {
    Stdio,
    Namespace,
    Hostname,
    Network,
    Loopback,
    Room,
    Overlay,
    OpenRoot,
    ProcFolder,
    SysFolder,
    DevFolder,  // the image's part: it must offer a folder there
    Proc,
    Sys,
    Dev,
    Device,
    PseudoTerminals,
    SharedMemory,
    MessageQueues,
    Mask,
    ReadOnlyPath,
    Hosts,
    ResolvConf,
    MountSource,  // value: the number of the mount
    MountPoint,
    Mount,
    Pivot,
    Cwd,
    CwdOutside,
    Terminal,
    StartCommand,
    Limits,
    Groups,
    Ids,
    Capabilities,
    Seccomp,
};

// What a child says over its pipe; whole in one write.
struct SetupReport {
    enum class Kind : std::int32_t { SetupFailed, Ready, ExecFailed, Ended };
    Kind kind = Kind::SetupFailed;
    SetupStage stage = SetupStage::Stdio;  // SetupFailed
    std::int32_t error = 0;                // errno; Ended: the wait status
    std::int32_t value = 0;                // Ready: SetupNote bits; ExecFailed: see ExecFailure; SetupFailed: see SetupStage
};

enum SetupNote : std::int32_t { kSharesHostProc = 1, kMadeProc = 2, kMadeSys = 4, kMadeDev = 8 };

// What lies at the path that could not be executed, for ENOEXEC and ENOENT.
enum ExecFailure : std::int32_t { kNothingThere = -1, kNoElf = 0 };  // else the e_machine of its ELF header

// Environment or Step error for a sandbox that could not be set up. `mount_target`: of the mount that it is about, if it is about one.
Failure explain_setup_failure(const SetupReport& report, const std::string& mount_target = {});
bool is_about_a_mount(SetupStage stage);

// As a shell says and counts it: 127 if there is nothing, 126 if it cannot be executed.
std::string describe_exec_failure(std::string_view program, std::string_view searched_path, const SetupReport& report);
int exec_failure_code(const SetupReport& report);

}  // namespace mabplan::runtime
