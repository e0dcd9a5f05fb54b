// What was given and nothing takes.
#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tests;

namespace {

// The warnings of compiling, one a line.
std::string warnings(Project& project) {
    std::vector<const compiler::Target*> targets;
    for (const std::string& name : project.wanted)
        for (const compiler::Target& target : project.matrix.targets)
            if (target.name == name) targets.push_back(&target);
    std::string out;
    compiler::CompileRequest request{project.matrix, targets, platform_of("linux/amd64"), project.mode, nullptr, {}, {}, {}};
    request.on_warning = [&](const compiler::Warning& warning) { out += warning.message + "\n"; };
    static_cast<void>(compiler::compile(request, {project.files, project.images, project.sources}));
    return out;
}

SourcePlace place(const SourceTextPtr& text, std::size_t line) { return {text, line, 1}; }

}  // namespace

TEST_CASE("a build argument that no ARG takes") {
    Project project("ARG BASE=x\nFROM $BASE AS one\nARG VERSION\nFROM scratch\n");
    CHECK(warnings(project.argument("VERSION", "1")
                       .argument("BASE", "y")
                       .argument("TARGETARCH", "arm")
                       .argument("http_proxy", "p")
                       .argument("BUILDKIT_SYNTAX", "docker/dockerfile:1"))
              .empty());
    CHECK(warnings(project.argument("VERSON", "1").argument("OTHER", "")) ==
          "no ARG takes the build argument \"VERSON\": did you mean \"VERSION\"?\nno ARG takes the build argument \"OTHER\"\n");
}

TEST_CASE("a trigger of a base takes arguments and contexts") {
    Project project("FROM base\n");
    project.images.configs["base"] = R"({"OnBuild":["ARG VERSION","COPY --from=files /x /"]})";
    CHECK(warnings(project.argument("VERSION", "1").context("files", "docker-image://f")).empty());
}

TEST_CASE("a build context that nothing uses, told also where compiling fails") {
    Project project("FROM busybox AS one\nCOPY --from=tools /x /\nFROM scratch AS two\nRUN --mount=from=data,target=/t x\n");
    project.context("tools", "docker-image://a")
        .context("data", "docker-image://b")
        .context("docker.io/library/busybox:latest", "docker-image://c")
        .context("one", "docker-image://d");
    CHECK(warnings(project).empty());
    project.images.missing = {"busybox"};
    CHECK(warnings(project.context("tols", "docker-image://e").context("tools::linux/arm64", "docker-image://f")) ==
          "nothing uses the build context \"tols\": did you mean \"tools\"?\n");
}

TEST_CASE("what a file says once for several targets is used if one of them takes it") {
    const auto text = std::make_shared<SourceText>("mabplan.yaml", "a\nb\n");
    Project project("FROM scratch\nARG A\n");
    compiler::Target& other = project.add_target("other", "FROM scratch\n");
    for (compiler::Target& target : project.matrix.targets) target.cells[0].build.args.push_back({"A", "1", place(text, 1)});
    other.cells[0].build.args.push_back({"B", "1", place(text, 2)});
    project.wanted = {"app", "other"};
    CHECK(warnings(project) == "no ARG takes the build argument \"B\"\n");
    project.wanted = {"other"};  // the first one is not looked at, and may take A
    CHECK(warnings(project) == "no ARG takes the build argument \"B\"\n");
}

TEST_CASE("hosts and limits are looked at where no command runs") {
    Project project("FROM scratch\n");
    project.matrix.targets[0].cells[0].build.ulimits.push_back({"nofiles", 1, 1, {}});
    CHECK(project.error() == "there is no resource limit \"nofiles\"");
    Project hosts("FROM scratch\n");
    hosts.matrix.targets[0].cells[0].build.extra_hosts.push_back({"db", "nowhere", {}});
    CHECK(hosts.error() == "the host \"db\" has no address: found \"nowhere\"");
}

TEST_CASE("a context that is no folder is named, at the line that names it") {
    const auto text = std::make_shared<SourceText>("mabplan.yaml", "context: wbe\n");
    Project project("FROM scratch\n");
    compiler::Build& build = project.matrix.targets[0].cells[0].build;
    build.context.location = "wbe";
    build.places["context"] = place(text, 1);
    CHECK(project.error() == "1: the build context \"wbe\" is no folder that can be read: there is no folder \"wbe\"");
    build.dockerfile_inline = "FROM scratch\n";
    CHECK(project.error() == "1: the build context \"wbe\" is no folder that can be read: there is no folder \"wbe\"");
}

TEST_CASE("an owner above the range of ids") {
    CHECK(Project("FROM scratch\nCOPY --chown=2147483648 Dockerfile /\n").error() ==
          "2: the id 2147483648 is out of range: ids end at 2147483647");
    CHECK(Project("FROM scratch\nADD --chown=root:99999999999999999999999 Dockerfile /\n").error() ==
          "2: the id 99999999999999999999999 is out of range: ids end at 2147483647");
    CHECK(Project("FROM scratch\nCOPY --chown=2147483647:0 Dockerfile /\n").error() == "compiled");
}
