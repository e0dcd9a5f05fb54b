#include "plans/codec/output_codec.h"

#include <doctest/doctest.h>

using namespace mabplan;

namespace {

struct Reading {
    Output output;
    std::string fault;  // the first one
};

Reading read(const Json& json) {
    Reading reading;
    codec::Members members(json, "outputs[0]", reading.fault);
    reading.output = codec::read_output(members);
    members.no_others();
    return reading;
}

const Json kLayout = codec::write_output(LayoutOutput{"dist/app", false, Compression::Zstd});

std::string fault_with(const char* member, const Json& value) {
    Json json = kLayout;
    json[member] = value;
    return read(json).fault;
}

}  // namespace

TEST_CASE("every type comes back as it was written") {
    const std::vector<Output> outputs{LayoutOutput{"dist/app", false, Compression::Zstd},
                                      LayoutOutput{"-", true, Compression::None},
                                      DockerOutput{"app.tar", Compression::Zstd},
                                      FolderOutput{"root", true, Compression::Zstd},
                                      FolderOutput{"root", false},
                                      TarOutput{"odd\xff.tar", true},
                                      CacheOnlyOutput{Compression::None},
                                      ImageOutput{{}, false, false, false, Compression::Zstd},
                                      ImageOutput{{"registry.lan/app:1", "docker.io/library/app:1"}, true, true, true}};
    for (const Output& output : outputs) {
        CAPTURE(type_name(output));
        const Reading reading = read(codec::write_output(output));
        CHECK(reading.fault.empty());
        CHECK(reading.output == output);
    }
}

TEST_CASE("all types have the same members, and what says nothing of a type has the values of one that has none") {
    CHECK(
        dump_json(kLayout) ==
        R"({"compression":"zstd","destination":"dist/app","insecure":false,"names":[],"platform_split":false,"push":false,"push_by_digest":false,"tar":false,"type":"oci"})");
    CHECK(
        dump_json(codec::write_output(DockerOutput{"a", Compression::None})) ==
        R"({"compression":"uncompressed","destination":"a","insecure":false,"names":[],"platform_split":false,"push":false,"push_by_digest":false,"tar":true,"type":"docker"})");
    CHECK(
        dump_json(codec::write_output(FolderOutput{"a", true})) ==
        R"({"compression":"gzip","destination":"a","insecure":false,"names":[],"platform_split":true,"push":false,"push_by_digest":false,"tar":true,"type":"local"})");
    CHECK(
        dump_json(codec::write_output(TarOutput{"a", false})) ==
        R"({"compression":"gzip","destination":"a","insecure":false,"names":[],"platform_split":false,"push":false,"push_by_digest":false,"tar":true,"type":"tar"})");
    CHECK(
        dump_json(codec::write_output(CacheOnlyOutput{})) ==
        R"({"compression":"gzip","destination":"","insecure":false,"names":[],"platform_split":false,"push":false,"push_by_digest":false,"tar":true,"type":"cacheonly"})");
    CHECK(dump_json(codec::write_output(ImageOutput{{"registry.lan/app:1"}, true, true, true})) ==
          R"({"compression":"gzip","destination":"","insecure":true,"names":["registry.lan/app:1"],)"
          R"("platform_split":false,"push":true,"push_by_digest":true,"tar":true,"type":"image"})");
}

TEST_CASE("members of other types are not looked at") {
    Json files = codec::write_output(FolderOutput{"root", true});
    files["tar"] = false;
    const Reading reading = read(files);
    CHECK(reading.fault.empty());
    CHECK(reading.output == Output{FolderOutput{"root", true}});
}

TEST_CASE("faults of outputs name the member") {
    CHECK(fault_with("type", "floppy") == "outputs[0].type has the unknown value \"floppy\"");
    CHECK(fault_with("type", 1) == "outputs[0].type is not a string");
    CHECK(fault_with("destination", nullptr) == "outputs[0].destination is not a string");
    CHECK(fault_with("tar", "yes") == "outputs[0].tar is neither true nor false");
    CHECK(fault_with("compression", "lzma") == "outputs[0].compression has the unknown value \"lzma\"");
    CHECK(fault_with("platform_split", 0) == "outputs[0].platform_split is neither true nor false");
    CHECK(fault_with("layers", 0) == "outputs[0] has the unknown member \"layers\"");
    for (const char* member : {"type", "destination", "tar", "compression", "platform_split"}) {
        Json json = kLayout;
        json.erase(member);
        CHECK(read(json).fault == std::string("outputs[0].") + member + " is missing");
    }
    CHECK(read(Json::array()).fault == "outputs[0] is not an object");
}
