#include "runtime/devices/device_grant.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

HostDevices host_with(DeviceEdits edits, bool needs_consent = true) {
    HostDevices host;
    host.folders = {"/etc/cdi", "/var/run/cdi"};
    host.known.push_back({"v.com/c", "one", {}, needs_consent, std::move(edits)});
    return host;
}

Error refusal(const HostDevices& host, const DeviceRequest& request) {
    const auto grant = grant_devices({request}, host);
    REQUIRE(!grant.has_value());
    return grant.error();
}

}  // namespace

TEST_CASE("a device that nobody knows is a lack of this host, unless it is optional") {
    HostDevices none;
    none.folders = {"/etc/cdi", "/var/run/cdi"};
    const Error error = refusal(none, {"v.com/c=two", false});
    CHECK(error.kind == ErrorKind::Environment);
    CHECK(error.message == "no specification of a device on this host has \"v.com/c=two\": there is none in /etc/cdi and /var/run/cdi");
    CHECK(refusal(host_with({}), {"x", false}).message == "no specification of a device on this host has \"x\": there are v.com/c=one");
    CHECK(grant_devices({{"v.com/c=two", true}}, none).value().missing == std::vector<std::string>{"v.com/c=two"});
}

TEST_CASE("consent is for all, a kind, a device, or what was asked for") {
    HostDevices host = host_with({{"A=1"}, {}, {}, {}, {}});
    CHECK(refusal(host, {"v.com/c", false}).kind == ErrorKind::Input);
    for (const char* name : {"v.com/c", "v.com/c=one", "v.com/c=*"}) {
        host.allowed = {name};
        CHECK(grant_devices({{"v.com/c=*", false}}, host).value().env == std::vector<std::string>{"A=1"});
    }
    host.allowed = {"v.com/other"};
    CHECK(!grant_devices({{"v.com/c", false}}, host).has_value());
    host.allows_all = true;
    CHECK(grant_devices({{"v.com/c", false}}, host).has_value());
    CHECK(grant_devices({{"v.com/c", false}}, host_with({}, false)).has_value());
}

TEST_CASE("a device is given once, with its nodes and files as mounts") {
    HostDevices host = host_with({{}, {{"/dev/mine", "/dev/zero", true}}, {{"/f", "/etc", false}}, {7}, {}}, false);
    const DeviceGrant grant = grant_devices({{"v.com/c", false}, {"v.com/c=one", false}}, host).value();
    REQUIRE(grant.mounts.size() == 2);
    CHECK(grant.mounts[0].target == "/dev/mine");
    CHECK(std::get<HostMount>(grant.mounts[0].what).path == "/dev/zero");
    CHECK(grant.mounts[1].access == MountAccess::ReadOnly);
    CHECK(grant.groups == std::vector<std::uint32_t>{7});
}

TEST_CASE("what can't be given is refused before anything runs") {
    CHECK(refusal(host_with({{}, {{"/dev/a", "/dev/there-is-no-such", true}}, {}, {}, {}}), {"v.com/c", false})
              .message.find("/dev/there-is-no-such is not there") != std::string::npos);
    const Error hook = refusal(host_with({{}, {}, {}, {}, {"a hook on the host (x: /y)"}}), {"v.com/c", false});
    CHECK(hook.kind == ErrorKind::Environment);
    CHECK(hook.message ==
          "the device \"v.com/c=one\" can't be given to a command: its specification asks for a hook on the host (x: /y), and a step is "
          "given none");
}
