// The devices that specifications on this host describe (CDI), and what the user lets commands have of them.
#pragma once

#include "runtime/devices/device_grant.h"

#include <string>
#include <vector>

namespace mabplan::tools {

// From $MABPLAN_CDI_PATH (folders, separated by colons), else /etc/cdi and /var/run/cdi. Of two devices of one name the later folder's
// counts. Files that can't be read are told of in the result: they matter only to who asks for a device. `allowed`: "" for all of them.
runtime::HostDevices host_devices(const std::vector<std::string>& allowed);

}  // namespace mabplan::tools
