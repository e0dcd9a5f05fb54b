// Where an image is, and templates of its fields: words alone.
#include "tools/mabplan/fill_template.h"
#include "tools/mabplan/image_address.h"

#include "plans/base/text.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tools;
using Kind = ImageAddress::Kind;

namespace {

const Json kData{
    {"Name", "app:1"}, {"Config", {{"Env", {"A=b", "C=d"}}, {"Labels", {{"k.e-y", "v"}}}, {"User", ""}}}, {"Size", 12}, {"None", nullptr}};

std::string filled(const std::string& text) {
    const auto answer = fill_template(text, kData);
    return answer ? *answer : answer.error().message + " | " + answer.error().hint;
}

}  // namespace

TEST_CASE("transports of skopeo and podman, spellings of docker and buildx, and bare names") {
    CHECK(parse_image_address("docker://registry.lan:5000/app:1").value() == ImageAddress{Kind::Registry, "registry.lan:5000/app:1"});
    CHECK(parse_image_address("docker-image://app").value() == ImageAddress{Kind::Registry, "app"});
    CHECK(parse_image_address("oci:dir:1").value() == ImageAddress{Kind::Layout, "dir:1"});
    CHECK(parse_image_address("oci-layout:///dir@sha256:x").value() == ImageAddress{Kind::Layout, "/dir@sha256:x"});
    CHECK(parse_image_address("oci-archive:a.tar").value() == ImageAddress{Kind::LayoutArchive, "a.tar"});
    CHECK(parse_image_address("docker-archive:a.tar:app:1").value() == ImageAddress{Kind::DockerArchive, "a.tar", "app:1"});
    CHECK(parse_image_address("app:1").value() == ImageAddress{Kind::Bare, "app:1"});
    CHECK(parse_image_address("localhost:5000/app").value() == ImageAddress{Kind::Bare, "localhost:5000/app"});
}

TEST_CASE("a transport with nothing behind it, and those that mean nothing here, are refused") {
    CHECK(parse_image_address("oci:").error().message == "\"oci:\": nothing stands behind the transport");
    CHECK(parse_image_address("docker-archive::x").error().kind == ErrorKind::Input);
    for (const char* foreign : {"containers-storage:x", "docker-daemon:x:1", "dir:/x", "ostree:/x", "target:x"})
        CHECK_FALSE(parse_image_address(foreign).error().hint.empty());
}

TEST_CASE("fields, lengths, elements and JSON") {
    CHECK(filled("{{.Name}}") == "app:1");
    CHECK(filled("x {{ .Size }} y") == "x 12 y");
    CHECK(filled("{{json .Config.Env}}") == R"(["A=b","C=d"])");
    CHECK(filled("{{json .config.env}}") == R"(["A=b","C=d"])");  // as JSON has it, or Go
    CHECK(filled("{{len .Config.Env}}") == "2");
    CHECK(filled("{{index .Config.Env 1}}") == "C=d");
    CHECK(filled(R"({{index .Config.Labels "k.e-y"}})") == "v");
    CHECK(filled(R"({{index .Config.Labels "none"}})").empty());
    CHECK(filled("{{.Config.Env}}") == "[A=b C=d]");
    CHECK(filled("{{.None}}") == "<no value>");
    CHECK(filled("{{.Config.Labels.none}}") == "<no value>");
    CHECK(filled(R"({{"{{"}}{{- .Size -}})") == "{{12");
    CHECK(filled(R"(a\n{{.Size}}\t)") == "a\n12\t");
    CHECK(filled("json") == dump_json(kData));
    CHECK(filled("") == "");
}

TEST_CASE("what is no field and no template is refused, with what there is") {
    CHECK(filled("{{.Nam}}") == "--format: there is no field \"Nam\" in \".Nam\" | did you mean \"Name\"?");
    CHECK(fill_template("{{.Config.X}}", kData).error().detail == "fields there are: Env, Labels, User");
    CHECK(filled("{{.Name").starts_with("--format: a {{ without its }}"));
    CHECK(filled("{{range .Config.Env}}{{end}}").starts_with("--format: {{range .Config.Env}} is not understood"));
    CHECK(filled("{{index .Config.Env 7}}").starts_with("--format: .Config.Env has no element 7"));
    CHECK(filled("{{Name}}").find("is no field") != std::string::npos);
}
