#include "runtime/devices/cdi_spec.h"

#include "plans/base/format.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

std::string mistake(const std::string& json) {
    const auto read = read_cdi_spec(json, "spec.json");
    REQUIRE_MESSAGE(!read.has_value(), json);
    return read.error().message;
}

CdiDevice one(const std::string& edits) {
    return read_cdi_spec(R"({"kind":"v.com/c","devices":[{"name":"one","containerEdits":)" + edits + "}]}", "spec.json").value().at(0);
}

std::string names(const std::vector<CdiDevice>& devices) {
    std::string out;
    for (const CdiDevice& device : devices) out += device.full_name() + " ";
    return out;
}

}  // namespace

TEST_CASE("what a device gives, with what all devices of its specification give") {
    const auto devices =
        read_cdi_spec(R"({"cdiVersion":"0.6.0","kind":"v.com/c","annotations":{"org.mobyproject.buildkit.device.class":"family"},
        "containerEdits":{"env":["A=1"],"additionalGids":[44]},
        "devices":[{"name":"one","containerEdits":{"env":["B=2"],"deviceNodes":[{"path":"/dev/x","permissions":"r"},{"path":"/dev/y","hostPath":"/dev/z"}],
                    "mounts":[{"hostPath":"/usr/lib/x","containerPath":"/lib/x","options":["ro","bind"]}]}},
                   {"name":"two","annotations":{"org.mobyproject.buildkit.device.autoallow":"true","org.mobyproject.buildkit.device.class":"other"}}]})",
                      "spec.json");
    REQUIRE(devices.has_value());
    const CdiDevice& first = devices->at(0);
    CHECK(first.full_name() == "v.com/c=one");
    CHECK(first.build_class == "family");
    CHECK(first.needs_consent);
    CHECK(first.edits.env == std::vector<std::string>{"A=1", "B=2"});
    CHECK(first.edits.groups == std::vector<std::uint32_t>{44});
    CHECK(first.edits.nodes.at(0).host_path == "/dev/x");
    CHECK_FALSE(first.edits.nodes.at(0).writable);
    CHECK(first.edits.nodes.at(1).host_path == "/dev/z");
    CHECK_FALSE(first.edits.files.at(0).writable);
    CHECK(first.edits.beyond.empty());
    CHECK_FALSE(devices->at(1).needs_consent);
    CHECK(devices->at(1).build_class == "other");
}

TEST_CASE("what no step is given is kept by its name") {
    CHECK(
        one(R"({"hooks":[{"hookName":"createContainer","path":"/h"}],"intelRdt":{},"mounts":[{"hostPath":"/a","containerPath":"/b","type":"tmpfs"}]})")
            .edits.beyond == std::vector<std::string>{"a mount of the type tmpfs", "a hook on the host (createContainer: /h)", "intelRdt"});
}

TEST_CASE("what is no specification is refused") {
    CHECK(mistake("[]") == "spec.json is no specification of devices: its kind is no vendor/class");
    CHECK(mistake(R"({"kind":"v.com/c","devices":[{}]})") == "spec.json is no specification of devices: a device has no name");
    CHECK(mistake(R"({"kind":"v.com/c","devices":{}})") == "spec.json is no specification of devices: devices is no list");
    CHECK(mistake(R"({"kind":"v.com/c","devices":[{"name":"a","containerEdits":{"deviceNodes":[{"path":"x"}]}}]})") ==
          "spec.json is no specification of devices: path is no absolute path: \"x\"");
    CHECK(mistake("{").starts_with("spec.json is not valid JSON"));
}

TEST_CASE("names stand for one device, the first of a kind, all of a kind, or a class") {
    const auto devices =
        read_cdi_spec(R"({"kind":"v.com/c","devices":[{"name":"a"},{"name":"b","annotations":{"org.mobyproject.buildkit.device.class":"k"}},
        {"name":"d","annotations":{"org.mobyproject.buildkit.device.class":"k"}}]})",
                      "s")
            .value();
    CHECK(names(find_devices(devices, "v.com/c=b")) == "v.com/c=b ");
    CHECK(names(find_devices(devices, "v.com/c")) == "v.com/c=a ");
    CHECK(names(find_devices(devices, "v.com/c=*")) == "v.com/c=a v.com/c=b v.com/c=d ");
    CHECK(names(find_devices(devices, "k")) == "v.com/c=b v.com/c=d ");
    CHECK(find_devices(devices, "v.com/c=e").empty());
    CHECK(find_devices(devices, "").empty());
}
