#include "runtime/devices/device_grant.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace mabplan::runtime {

namespace {

Failure unknown_device(const std::string& name, const HostDevices& host) {
    Error error{ErrorKind::Environment, format("no specification of a device on this host has {}", quoted(name)), {}, {}, {}, {}};
    std::vector<std::string> known;
    for (const CdiDevice& device : host.known) known.push_back(device.full_name());
    error.message +=
        known.empty() ? format(": there is none in {}", join(host.folders, " and ")) : format(": there are {}", join(known, ", "));
    for (const std::string& fault : host.faults) error.context.push_back("reading specifications: " + fault);
    error.hint = format("--device={},required=false lets the command run without it", name);
    return fail(std::move(error));
}

Failure cannot_give(const CdiDevice& device, const std::string& why, std::string hint = {}) {
    return fail(ErrorKind::Environment, format("the device {} can't be given to a command: {}", quoted(device.full_name()), why),
                std::move(hint));
}

Status check_file(const CdiDevice& device, const std::string& path, bool writable) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0)
        return cannot_give(device, format("{} is not there: {}", path, std::generic_category().message(errno)));
    if (::access(path.c_str(), writable ? R_OK | W_OK : R_OK) == 0) return {};
    return cannot_give(device, format("this user may not open {}", path), "make the user a member of the group that owns it");
}

Status check_edits(const CdiDevice& device) {
    if (!device.edits.beyond.empty())
        return cannot_give(device, format("its specification asks for {}, and a step is given none", join(device.edits.beyond, ", ")));
    for (const DeviceNode& node : device.edits.nodes) MABPLAN_CHECK(check_file(device, node.host_path, node.writable));
    for (const DeviceFiles& files : device.edits.files) MABPLAN_CHECK(check_file(device, files.host_path, false));
    return {};
}

bool has_consent(const CdiDevice& device, const std::string& asked_for, const HostDevices& host) {
    if (!device.needs_consent || host.allows_all) return true;
    return std::any_of(host.allowed.begin(), host.allowed.end(),
                       [&](const std::string& name) { return name == asked_for || name == device.kind || name == device.full_name(); });
}

void add(const DeviceEdits& edits, DeviceGrant& grant) {
    grant.env.insert(grant.env.end(), edits.env.begin(), edits.env.end());
    grant.groups.insert(grant.groups.end(), edits.groups.begin(), edits.groups.end());
    for (const DeviceNode& node : edits.nodes) grant.mounts.push_back({node.path, HostMount{node.host_path}, MountAccess::Writable});
    for (const DeviceFiles& files : edits.files)
        grant.mounts.push_back({files.path, HostMount{files.host_path}, files.writable ? MountAccess::Writable : MountAccess::ReadOnly});
}

}  // namespace

Result<DeviceGrant> grant_devices(const std::vector<DeviceRequest>& requests, const HostDevices& host) {
    DeviceGrant grant;
    std::vector<std::string> given;
    for (const DeviceRequest& request : requests) {
        const std::vector<CdiDevice> devices = find_devices(host.known, request.name);
        if (devices.empty() && !request.optional) return unknown_device(request.name, host);
        if (devices.empty()) grant.missing.push_back(request.name);
        for (const CdiDevice& device : devices) {
            const std::string name = device.full_name();
            if (std::find(given.begin(), given.end(), name) != given.end()) continue;
            given.push_back(name);
            MABPLAN_CHECK(check_edits(device));
            if (!has_consent(device, request.name, host))
                return fail(ErrorKind::Input,
                            format("RUN --device={} needs your consent: the command gets the device {} of this host", request.name, name),
                            "--allow device");
            add(device.edits, grant);
        }
    }
    return grant;
}

}  // namespace mabplan::runtime
