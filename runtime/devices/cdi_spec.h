// Specifications of devices (CNCF Container Device Interface, SPEC.md 0.3 to 1.0): what a container is given that asks for a device by
// its name. Reads documents; opens nothing, and does not know who may have what.
#pragma once

#include "plans/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

struct DeviceNode {
    std::string path;       // in the container
    std::string host_path;  // of the node that stands for it
    bool writable = true;
};

struct DeviceFiles {
    std::string path;  // in the container
    std::string host_path;
    bool writable = true;
};

// containerEdits: what is given.
struct DeviceEdits {
    std::vector<std::string> env;  // "NAME=value"
    std::vector<DeviceNode> nodes;
    std::vector<DeviceFiles> files;
    std::vector<std::uint32_t> groups;
    std::vector<std::string> beyond;  // what else is asked for, and no step is given: "a hook (createContainer)"
};

struct CdiDevice {
    std::string kind;  // "vendor.com/class"
    std::string name;
    std::string build_class;    // of the annotation org.mobyproject.buildkit.device.class, or empty
    bool needs_consent = true;  // org.mobyproject.buildkit.device.autoallow says otherwise
    DeviceEdits edits;          // with those for all devices of the specification

    std::string full_name() const { return kind + "=" + name; }
};

// The devices of one document, as JSON. Input errors name the file: what is no specification, a device without a name, a member of the
// wrong type.
Result<std::vector<CdiDevice>> read_cdi_spec(std::string_view json, std::string_view file);

// Those that a name stands for (as BuildKit has it): "vendor/class=name", "vendor/class" for the first one, "vendor/class=*" for all of
// them; if there is none, all of the class that the name is. In the order of the list; none if nothing has this name.
std::vector<CdiDevice> find_devices(const std::vector<CdiDevice>& devices, const std::string& name);

}  // namespace mabplan::runtime
