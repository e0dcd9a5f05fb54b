// compile() as a whole: several targets, several mistakes, where Dockerfiles come from.
#include "compiler/compile.h"

#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tests;

namespace {

using Texts = std::vector<std::string>;

std::vector<Error> errors_of(Project& project) {
    auto compiled = project.compile();
    REQUIRE_FALSE(compiled);
    return compiled.error();
}

compiler::Build& build_of(Project& project) { return project.matrix.targets[0].cells[0].build; }

}  // namespace

TEST_CASE("the same project gives the same plan") {
    const auto plan = [] {
        Project project("FROM base AS one\nRUN x\nFROM two\nCOPY --from=one /x /\nCOPY a /\n", {"linux/amd64", "linux/arm64"});
        project.files.add(".", "a", "a");
        return project.plan();
    };
    CHECK(plan() == plan());
}

TEST_CASE("targets stand in the order asked, with their tags, outputs and annotations") {
    Project project("FROM scratch\n");
    project.add_target("other", "FROM scratch\nLABEL a=b\n");
    project.matrix.targets[0].names = {"app:1"};
    build_of(project).annotations = {compiler::parse_annotation("manifest,index:org.example", "x").value()};
    project.wanted = {"other", "app"};
    const Plan plan = project.plan();
    REQUIRE(plan.targets.size() == 2);
    CHECK(plan.targets[0].name == "other");
    CHECK(destination_of(plan.targets[0].outputs[0]) == "dist/other");
    CHECK(plan.targets[1].tags == Texts{"docker.io/library/app:1"});
    CHECK(plan.targets[1].annotations == Annotations{{"org.example", "x"}});
    CHECK(plan.targets[1].cells[0].annotations == Annotations{{"org.example", "x"}});
    CHECK(plan.targets[1].cells[0].target == "app");
}

TEST_CASE("a target that nobody asks for is not looked at") {
    Project project("FROM scratch\n");
    project.add_target("broken", "FROM\n");
    CHECK(project.plan().targets.size() == 1);
}

TEST_CASE("registries, the epoch and warnings of the matrix are taken over") {
    Project project("FROM scratch\n");
    project.matrix.registries.push_back({"registry.lan", {}, true, false, {}, {}, {}});
    project.matrix.reproducible.source_date_epoch = 42;
    project.matrix.warnings.push_back({"careful", {}});
    const auto compiled = project.compile();
    REQUIRE(compiled);
    CHECK(compiled->plan.registries.size() == 1);
    CHECK(created_of(compiled->plan) == 42);
    CHECK(compiled->warnings.at(0).message == "careful");
    project.matrix.reproducible.enabled = false;
    CHECK_FALSE(created_of(project.plan()));
}

TEST_CASE("what is wrong on every platform is told once, what differs each time") {
    Project same("FROM base\nSTOPSIGNAL x\n", {"linux/amd64", "linux/arm64"});
    CHECK(errors_of(same).size() == 1);
    Project different("FROM base\nARG TARGETARCH\nSTOPSIGNAL $TARGETARCH\n", {"linux/amd64", "linux/arm64"});
    const auto errors = errors_of(different);
    REQUIRE(errors.size() == 2);
    CHECK(errors[0].message.starts_with("\"amd64\" is no signal"));
    CHECK(errors[1].message.starts_with("\"arm64\" is no signal"));
}

TEST_CASE("mistakes of several targets are told together, in the order of the targets") {
    Project project("FROM base\nSTOPSIGNAL app\n");
    project.add_target("good", "FROM scratch\n");
    project.add_target("bad", "FROM base\nSTOPSIGNAL bad\n");
    project.wanted = {"bad", "good", "app"};
    const auto errors = errors_of(project);
    REQUIRE(errors.size() == 2);
    CHECK(errors[0].message.starts_with("\"bad\""));
    CHECK(format_place(errors[0].place.value()) == "bad.dockerfile:2:12");
    CHECK(errors[1].message.starts_with("\"app\""));
}

TEST_CASE("all mistakes of a text are told, and those of its meaning that stand by themselves") {
    Project text("FROM base\nBOGUS\nRUN x\nCOPY one\n");
    CHECK(errors_of(text).size() == 2);
    Project meaning("FROM base\nSTOPSIGNAL x\nEXPOSE y\n");
    CHECK(errors_of(meaning).size() == 2);
}

TEST_CASE("a Dockerfile that is not there") {
    Project project("FROM scratch\n");
    build_of(project).dockerfile = "missing";
    CHECK(project.errors() == "error: there is no Dockerfile \"missing\"\n  hint: name it with -f, or `dockerfile:` in mabplan.yaml\n");
    build_of(project).places["dockerfile"] = {std::make_shared<SourceText>("m.yaml", "dockerfile: missing\n"), 1, 13, 7, 0};
    CHECK(project.error_place() == "m.yaml:1:13 missing");
}

TEST_CASE("a Dockerfile lies below its context, or is given in place of a file") {
    Project below("FROM never\n");
    below.files.add("sub", "build/Dockerfile", "FROM below\nCOPY a /\n");
    below.files.add("sub", "a", "a");
    build_of(below).context.location = "sub";
    build_of(below).dockerfile = "build/Dockerfile";
    const Plan plan = below.plan();
    CHECK(below.images.asked == Texts{"below linux/amd64"});
    CHECK(plan.contexts == std::vector<BuildContext>{{"context", "sub", {}}});
    CHECK(plan.actions[0].origin.dockerfile == "sub/build/Dockerfile");

    Project inlined("FROM never\n");
    build_of(inlined).dockerfile_inline = "FROM inlined\nSTOPSIGNAL x\n";
    CHECK(inlined.error_place() == "dockerfile_inline:2:12 x");
    CHECK(inlined.images.asked == Texts{"inlined linux/amd64"});
}

TEST_CASE("a Dockerfile is read once, however many targets and platforms use it") {
    Project project("FROM scratch\n", {"linux/amd64", "linux/arm64"});
    project.matrix.targets.push_back(project.matrix.targets[0]);
    project.matrix.targets[1].name = "twin";
    std::set<const compiler::PartialDockerfile*> read;
    const std::vector<const compiler::Target*> targets{&project.matrix.targets[0], &project.matrix.targets[1]};
    compiler::CompileRequest request{project.matrix, targets, platform_of("linux/amd64"), project.mode, nullptr};
    request.on_dockerfile = [&](const compiler::PartialDockerfile& dockerfile, const compiler::Build&) { read.insert(&dockerfile); };
    REQUIRE(compiler::compile(request, {project.files, project.images, project.sources}));
    CHECK(read.size() == 1);
}

TEST_CASE("wrong outputs, tags and keys that can't be done are mistakes of a compilation") {
    Project outputs("FROM scratch\n");
    outputs.matrix.targets[0].outputs = {{"nonsense", {}, {}}};
    CHECK(outputs.error().starts_with("unknown output type \"nonsense\""));
    Project tags("FROM scratch\n");
    tags.matrix.targets[0].names = {"BAD"};
    CHECK(tags.error() != "compiled");
    Project keys("FROM scratch\n");
    build_of(keys).sbom = "true";
    CHECK(keys.error() == "sbom is not supported yet");
    Project registry("FROM scratch\n");
    registry.matrix.registries.push_back({"r", {}, false, true, {}, {{"k", "c"}, {"k", "c"}}, {}});
    CHECK(registry.error() == "there is more than one keypair");
}

TEST_CASE("targets of one plan may be given different times") {
    Project project("FROM scratch\n");
    project.add_target("other", "FROM scratch\n").cells[0].build.args = {{"SOURCE_DATE_EPOCH", "2", {}}};
    project.argument("SOURCE_DATE_EPOCH", "1").wanted = {"app", "other"};
    const Plan plan = project.plan();
    CHECK(plan.targets.at(0).cells.at(0).created == 1);
    CHECK(plan.targets.at(1).cells.at(0).created == 2);
}

TEST_CASE("errors keep their kind") {
    Project project("FROM nowhere\n");
    project.images.missing.insert("nowhere");
    CHECK(errors_of(project)[0].kind == ErrorKind::Registry);
    Project input("FROM base\nCOPY nothing /\n");
    CHECK(errors_of(input)[0].kind == ErrorKind::Input);
}
