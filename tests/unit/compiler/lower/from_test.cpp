// What a stage is built on, and which stages are looked at.
#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tests;

namespace {
using Texts = std::vector<std::string>;
}

TEST_CASE("stages that the target does not need are not resolved") {
    Project project("FROM unused AS a\nFROM used AS b\nFROM other AS c\nFROM scratch\nCOPY --from=b /x /\n");
    project.plan();
    CHECK(project.images.asked == Texts{"used linux/amd64"});
}

TEST_CASE("a check looks at every stage and reads no context") {
    Project project("FROM unused AS a\nCOPY not-there /\nFROM used\n");
    project.mode = compiler::CompileMode::Check;
    project.plan();
    CHECK(project.images.asked == Texts{"used linux/amd64", "unused linux/amd64"});
}

TEST_CASE("the target is chosen by name in any case, or by number; a wrong one is suggested") {
    const std::string dockerfile = "FROM one AS Builder\nFROM two AS final\n";
    for (const char* name : {"builder", "BUILDER", "0"}) {
        Project project(dockerfile);
        project.stage(name).plan();
        CHECK(project.images.asked == Texts{"one linux/amd64"});
    }
    Project wrong(dockerfile);
    const auto compiled = wrong.stage("bulder").compile();
    REQUIRE_FALSE(compiled);
    CHECK(compiled.error()[0].message == "Dockerfile has no stage \"bulder\"");
    CHECK(compiled.error()[0].hint == "did you mean \"builder\"?");
}

TEST_CASE("FROM takes an earlier stage of exactly that name, else an image") {
    Project project("FROM one AS base\nFROM base AS base\nRUN x\nFROM base\n");
    project.plan();
    CHECK(project.images.asked == Texts{"one linux/amd64"});
    Project later("FROM base\nCOPY --from=base /x /\nFROM one AS base\n");
    later.stage("0");
    CHECK(later.error().find("cannot copy from stage \"base\", it needs to be defined before current stage \"stage-0\"") !=
          std::string::npos);
}

TEST_CASE("stages that need each other are an error at the instruction that closes the circle") {
    Project project("FROM scratch AS a\nCOPY --from=b /x /\nFROM scratch AS b\nCOPY --from=a /x /\nFROM scratch\n");
    const auto compiled = project.compile();
    REQUIRE_FALSE(compiled);
    CHECK(project.error() == "4: circular dependency detected on stage: a");
    CHECK(compiled.error()[0].detail == "  a takes files from b takes files from a");
    CHECK(Project("FROM scratch\nCOPY --from=0 /x /\n").error() == "2: circular dependency detected on stage: stage-0");
    CHECK(Project("FROM scratch AS a\nCOPY --from=b /x /\nFROM a AS b\n").error() ==
          "1: the stage \"a\" is built from itself: its stages form a circle");
}

TEST_CASE("what no key holds still keeps commands apart") {
    Project project(
        "FROM b\nRUN --mount=type=cache,id=one,target=/c x\nFROM b\nRUN --mount=type=cache,id=two,target=/c x\nCOPY --from=0 /x /\n");
    const Plan plan = project.plan();
    const auto runs = actions_of<RunAction>(plan);
    REQUIRE(runs.size() == 2);
    CHECK(plan.actions[1].definition_key == plan.actions[2].definition_key);
    CHECK(actions_of<ImageAction>(plan).size() == 1);
}

TEST_CASE("--platform of FROM, with variables and without") {
    Project project(
        "FROM --platform=$BUILDPLATFORM tools AS t\nFROM --platform=linux/arm/v6 old AS o\nFROM base\nCOPY --from=t /x /\nCOPY --from=o /y "
        "/\n",
        {"linux/arm64"});
    project.plan();
    CHECK(project.images.asked == Texts{"tools linux/amd64", "old linux/arm/v6", "base linux/arm64"});
    CHECK(Project("FROM --platform=$NOTHING base\n").error() == "1: empty platform value from expression $NOTHING");
    CHECK(Project("FROM --platform=a/b/c/d base\n").error().starts_with("1: "));
}

TEST_CASE("a blank base is an error, an image of another system too") {
    CHECK(Project("ARG IMAGE\nFROM $IMAGE\n").error() == "2: base name ($IMAGE) should not be blank: FROM needs an image or a stage");
    Project windows("FROM nanoserver\n");
    windows.images.platforms["nanoserver"] = "windows/amd64";
    CHECK(windows.error() == "1: \"nanoserver\" is an image for windows/amd64: its programs can't run here");
    CHECK(Project("# syntax=docker.io/docker/dockerfile:1.7-labs\nFROM scratch\n").error() == "compiled");
    CHECK(Project("# syntax=example.com/other:1\nFROM scratch\n").error() == "1: the frontend \"example.com/other:1\" is not known here");
}

TEST_CASE("a named context replaces an image, a stage with all its instructions, or what COPY takes from") {
    Project image("FROM python:3.11\nRUN x\n");
    image.context("docker.io/library/python:3.11", "docker-image://mirror/python").plan();
    CHECK(image.images.asked == Texts{"python:3.11 linux/amd64 instead docker-image://mirror/python"});

    Project stage("FROM compiler AS build\nRUN never\nFROM scratch\nCOPY --from=build /x /\nCOPY --from=0 /y /\n");
    const Plan plan = stage.context("build", "docker-image://prebuilt").plan();
    CHECK(stage.images.asked == Texts{"build linux/amd64 instead docker-image://prebuilt"});
    CHECK(actions_of<RunAction>(plan).empty());

    Project folder("FROM scratch\nCOPY --from=assets logo.png /\n");
    folder.files.add("art", "logo.png", "pixels");
    const Plan copied = folder.context("assets", "art").plan();
    CHECK(copied.contexts == std::vector<BuildContext>{{"assets", "art", {}}});
}

TEST_CASE("a folder, a git repository and a remote archive can be the base") {
    Project folder("FROM rootfs\nRUN x\n");
    folder.files.add("tree", "bin/sh", "#");
    const Plan plan = folder.context("rootfs", "./tree").plan();
    const auto copies = actions_of<CopyAction>(plan);
    REQUIRE(copies.size() == 1);
    CHECK(copies[0].destination == "/");
    CHECK(actions_of<RunAction>(plan)[0].root == ActionId{0});

    Project git("FROM source\n");
    const auto checkouts = actions_of<GitAction>(git.context("source", "https://example.com/a.git#v1:dir").plan());
    REQUIRE(checkouts.size() == 1);
    CHECK(checkouts[0].remote == "https://example.com/a.git");
    CHECK(checkouts[0].ref == "v1");
    CHECK(checkouts[0].subdir == "dir");

    Project archive("FROM source\n");
    const Plan unpacked = archive.context("source", "https://example.com/rootfs.tar.gz").plan();
    CHECK(actions_of<FetchAction>(unpacked)[0].url == "https://example.com/rootfs.tar.gz");
    CHECK(actions_of<CopyAction>(unpacked)[0].parts[0].unpack);
}

TEST_CASE("a context may be for one platform alone") {
    Project project("FROM base\n", {"linux/amd64", "linux/arm64"});
    project.context("base", "docker-image://all").context("base::linux/arm64", "docker-image://arm").plan();
    CHECK(project.images.asked == Texts{"base linux/amd64 instead docker-image://all", "base linux/arm64 instead docker-image://arm"});
}

TEST_CASE("triggers of the base are applied before the stage's own instructions, those of a stage too") {
    Project project("FROM onbuild\nRUN own\n");
    project.images.configs["onbuild"] = R"({"OnBuild":["ENV A=1","RUN trigger"]})";
    const Plan plan = project.plan();
    CHECK(history_of(plan) == Texts{"  ENV A=1", "+ RUN /bin/sh -c trigger", "+ RUN /bin/sh -c own"});
    CHECK_FALSE(config_of(plan).contains("OnBuild"));
    CHECK(config_of(compile_text("FROM b\nONBUILD RUN x\n"))["OnBuild"] == Json({"RUN x"}));
    CHECK(history_of(compile_text("FROM b AS a\nONBUILD RUN x\nFROM a\n")) == Texts{"+ RUN /bin/sh -c x"});

    Project broken("FROM onbuild\n");
    broken.images.configs["onbuild"] = R"({"OnBuild":["BOGUS x"]})";
    CHECK(broken.error() == "1: unknown instruction: BOGUS");
}

TEST_CASE("a missing image that is nearly a stage's name says so") {
    Project project("FROM one AS builder\nFROM scratch\nCOPY --from=bilder /x /\n");
    project.images.missing.insert("bilder");
    const auto compiled = project.compile();
    REQUIRE_FALSE(compiled);
    CHECK(compiled.error()[0].hint == "did you mean \"builder\"? That is a stage of this file.");
}

TEST_CASE("too many stages are refused") {
    std::string text;
    for (std::size_t i = 0; i <= compiler::kMaxStages; ++i) text += "FROM scratch\n";
    CHECK(Project(text).error() == "10001: the Dockerfile has more than 10000 stages");
}

TEST_CASE("a long chain of stages is no deep recursion") {
    std::string text = "FROM scratch AS s0\n";
    for (int i = 1; i < 9000; ++i) text += format("FROM s{} AS s{}\n", i - 1, i);
    CHECK(Project(text).error() == "compiled");
}

TEST_CASE("a stage that a context replaces is looked at by the platform of its FROM, and needs nothing") {
    Project other("FROM --platform=linux/arm64 base AS one\nFROM one AS s\nRUN x\n");
    CHECK(actions_of<RunAction>(other.context("s::linux/arm64", "docker-image://arm").plan()).size() == 1);
    Project found("FROM base AS s\nRUN never\n");
    found.images.platforms["s"] = "linux/386";
    CHECK(actions_of<RunAction>(found.context("s::linux/amd64", "docker-image://old").plan()).empty());
    Project below("FROM heavy AS deps\nRUN d\nFROM deps AS build\nFROM scratch\nCOPY --from=build /x /\n");
    const Plan plan = below.context("build", "docker-image://prebuilt").plan();
    CHECK(actions_of<RunAction>(plan).empty());
    CHECK(below.images.asked == Texts{"build linux/amd64 instead docker-image://prebuilt"});
}

TEST_CASE("scratch is for the target platform, whatever --platform says") {
    Project project("FROM --platform=$BUILDPLATFORM scratch\nRUN [\"/x\"]\n", {"linux/arm64"});
    CHECK(actions_of<RunAction>(project.plan())[0].platform == platform_of("linux/arm64"));
}

TEST_CASE("mistakes of FROM and COPY --from are errors in stages that nobody needs, too") {
    CHECK(Project("FROM scratch AS a\nCOPY --from=9 /x /\nFROM scratch\n").error() ==
          "2: invalid stage index 9: the file has 2 stages, counted from 0");
    CHECK(Project("FROM $NOTHING AS a\nFROM scratch\n").error().starts_with("1: base name ($NOTHING) should not be blank"));
}

TEST_CASE("arguments that speak to the builder are seen by no command") {
    Project project("FROM base\nARG BUILDKIT_SBOM_SCAN_STAGE=true SOURCE_DATE_EPOCH\nRUN x\n");
    CHECK(actions_of<RunAction>(project.argument("SOURCE_DATE_EPOCH", "context").plan())[0].env == Texts{"PATH=/bin"});
}
