// RUN --device: whether this host can give what a command asks for, and what the command then has. Looks at device nodes; opens none.
#pragma once

#include "plans/model/action.h"
#include "runtime/devices/cdi_spec.h"
#include "runtime/sandbox/step_mount.h"

#include <string>
#include <vector>

namespace mabplan::runtime {

// The devices of a host, and what the user lets commands have of them.
struct HostDevices {
    std::vector<CdiDevice> known;
    std::vector<std::string> folders;  // where specifications were looked for
    std::vector<std::string> faults;   // of files that could not be read
    bool allows_all = false;           // --allow device
    std::vector<std::string> allowed;  // --allow device=NAME: full names, kinds, or as commands ask for them
};

struct DeviceGrant {
    std::vector<std::string> env;  // "NAME=value"
    std::vector<StepMount> mounts;
    std::vector<std::uint32_t> groups;
    std::vector<std::string> missing;  // names that are optional, and nothing has
};

// Errors: of kind Environment for a device that no specification has, that asks for more than a step is given, or whose files this user
// can't have; Input where consent is missing.
Result<DeviceGrant> grant_devices(const std::vector<DeviceRequest>& requests, const HostDevices& host);

}  // namespace mabplan::runtime
