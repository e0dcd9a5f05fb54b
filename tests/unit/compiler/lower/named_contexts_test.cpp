// Named contexts: what they stand in for, and targets that are built on other targets.
#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace mabplan;
using namespace mabplan::tests;

namespace {

using Texts = std::vector<std::string>;

Texts asked(Project& project) {
    project.plan();
    return project.images.asked;
}

}  // namespace

TEST_CASE("an image is replaced under each of its names, others are not") {
    for (const char* name : {"alpine", "alpine:latest", "docker.io/library/alpine"}) {
        CAPTURE(name);
        Project project("FROM alpine\n");
        CHECK(asked(project.context(name, "docker-image://mine")) == Texts{"alpine linux/amd64 instead docker-image://mine"});
    }
    Project other("FROM alpine:3\n");
    CHECK(asked(other.context("alpine", "docker-image://mine")) == Texts{"alpine:3 linux/amd64"});
}

TEST_CASE("a layout replaces an image as another image does") {
    Project project("FROM alpine\nRUN x\n");
    CHECK(asked(project.context("alpine", "oci-layout://bases:alpine")) == Texts{"alpine linux/amd64 instead oci-layout://bases:alpine"});
}

TEST_CASE("the image of COPY --from and of a mount is replaced as well") {
    Project copy("FROM scratch\nCOPY --from=tools /x /\n");
    CHECK(asked(copy.context("tools", "docker-image://mine")) == Texts{"tools linux/amd64 instead docker-image://mine"});
    Project mount("FROM scratch\nRUN --mount=from=tools,target=/t x\n");
    CHECK(asked(mount.context("tools", "docker-image://mine")) == Texts{"tools linux/amd64 instead docker-image://mine"});
}

TEST_CASE("a stage is replaced with its image and instructions, for all who use it") {
    Project project(
        "FROM one AS build\nENV A=1\nRUN never\nFROM build AS top\nRUN x\nFROM scratch\nCOPY --from=0 /x /\nCOPY --from=build /y /\nCOPY "
        "--from=top /z /\n");
    const Plan plan = project.context("BUILD", "docker-image://mine").plan();
    CHECK(project.images.asked.size() == 1);
    const auto runs = actions_of<RunAction>(plan);
    REQUIRE(runs.size() == 1);
    CHECK(runs[0].env == Texts{"PATH=/bin"});
}

TEST_CASE("scratch and context are nobody's to replace") {
    Project scratch("FROM scratch\nRUN x\n");
    CHECK(asked(scratch.context("scratch", "docker-image://mine")).empty());
    for (const char* name : {"scratch", "Context"}) {
        CAPTURE(name);
        Project stage(std::string("FROM one AS ") + name + "\nRUN x\n");
        CHECK(asked(stage.context(name, "docker-image://mine")) == Texts{"one linux/amd64"});
    }
}

TEST_CASE("a context that nobody names changes nothing and is not asked for") {
    Project plain("FROM one\nRUN x\n"), more("FROM one\nRUN x\n");
    more.context("other", "docker-image://mine").context("folder", "nowhere");
    CHECK(more.plan() == plain.plan());
    CHECK(more.images.asked == plain.images.asked);
}

TEST_CASE("a folder has its own ignore list, not that of the Dockerfile") {
    Project project("FROM scratch\nCOPY --from=art a.png /\nCOPY a.txt /\n");
    project.files.add("art", "a.png", "pixels");
    project.files.add("art", ".dockerignore", "b.png\n");
    project.files.add(".", "a.txt", "a");
    project.files.add(".", "Dockerfile.dockerignore", "*.png\n");
    const auto contexts = project.context("art", "art").plan().contexts;
    REQUIRE(contexts.size() == 2);
    CHECK(contexts[0] == BuildContext{"art", "art", {"b.png"}});
    const Texts& main = contexts[1].ignore;  // with what the build itself writes
    CHECK(std::count(main.begin(), main.end(), "*.png") == 1);
    CHECK(std::count(main.begin(), main.end(), "b.png") == 0);
    project.files.add("art", ".dockerignore", "*.png\n");
    CHECK(project.error().starts_with("2: \"/a.png\": not found"));
}

TEST_CASE("equal files of two contexts give equal copies") {
    const auto copy_key = [](const std::string& folder) {
        Project project("FROM scratch\nCOPY --from=art a /\n");
        project.files.add(folder, "a", "same");
        return project.context("art", folder).plan().actions.back().definition_key;
    };
    CHECK(copy_key("one") == copy_key("two"));
}

TEST_CASE("a target below gives files, variables and configuration; its arguments end with it") {
    Project project("FROM lower\nRUN x\nCMD y\n");
    project.add_target("base", "FROM image\nARG A=1\nENV E=2\nLABEL l=1\nWORKDIR /w\nENTRYPOINT [\"e\"]\nONBUILD ENV T=3\n");
    const Plan plan = project.context("lower", "target:base").plan();
    const RunAction run = actions_of<RunAction>(plan).back();
    CHECK(run.env == Texts{"PATH=/bin", "E=2", "T=3"});
    CHECK(run.cwd == "/w");
    const Json config = config_of(plan);
    CHECK(config["Labels"] == Json({{"l", "1"}}));
    CHECK(config["Entrypoint"] == Json({"e"}));
    CHECK_FALSE(config.contains("OnBuild"));
    CHECK(history_of(plan) == Texts{"  ARG A=1", "  ENV E=2", "  LABEL l=1", "+ WORKDIR /w", "  ENTRYPOINT [\"e\"]", "  ENV T=3",
                                    "+ RUN /bin/sh -c x", "  CMD [\"/bin/sh\" \"-c\" \"y\"]"});
    CHECK(plan.targets.size() == 1);
}

TEST_CASE("what a target and one built on it have in common is one action, platform by platform") {
    Project project("FROM lower\nRUN x\n", {"linux/amd64", "linux/arm64"});
    project.add_target("base", "FROM image\nRUN below\n");
    project.context("lower", "target:base").wanted = {"base", "app"};
    const Plan plan = project.plan();
    REQUIRE(plan.targets.size() == 2);
    CHECK(actions_of<RunAction>(plan).size() == 4);
    for (std::size_t i = 0; i < 2; ++i) {
        const auto& last = std::get<RunAction>(plan.action(*plan.targets[1].cells[i].root).work);
        CHECK(last.root == plan.targets[0].cells[i].root);
        CHECK(last.platform == plan.targets[1].cells[i].platform);
    }
}

TEST_CASE("files can be copied and mounted from a target, and a stage replaced by one") {
    Project project(
        "FROM nowhere AS build\nFROM scratch\nCOPY --from=other /x /\nCOPY --from=build /y /\nRUN --mount=from=other,target=/o x\n");
    project.add_target("base", "FROM image\nRUN below\n");
    const Plan plan = project.context("other", "target:base").context("build", "target:base").plan();
    CHECK(project.images.asked.front() == "image linux/amd64");
    CHECK(actions_of<RunAction>(plan).size() == 2);
    for (const CopyAction& copy : actions_of<CopyAction>(plan)) CHECK(std::get<RootFiles>(copy.parts[0].from).root == ActionId{1});
}

TEST_CASE("targets that need each other are a circle, told once") {
    Project project("FROM lower\n");
    project.add_target("b", "FROM lower\n").cells[0].build.additional_contexts = {{"lower", {compiler::ContextKind::Target, "c"}, {}}};
    project.add_target("c", "FROM lower\n").cells[0].build.additional_contexts = {{"lower", {compiler::ContextKind::Target, "b"}, {}}};
    project.context("lower", "target:b");
    CHECK(project.error() == "the target \"b\" is built from itself: its `target:` contexts form a circle");
    const std::string all = project.errors();
    CHECK(all.find("form a circle") == all.rfind("form a circle"));
    CHECK(all.find("while building the target c for lower") != std::string::npos);
}

TEST_CASE("two ways to one target are no circle") {
    Project project("FROM left\nCOPY --from=right /x /\n");
    for (const char* side : {"left", "right"})
        project.add_target(side, "FROM lower\nRUN x\n").cells[0].build.additional_contexts = {
            {"lower", {compiler::ContextKind::Target, "base"}, {}}};
    project.add_target("base", "FROM image\n");
    const Plan plan = project.context("left", "target:left").context("right", "target:right").plan();
    CHECK(actions_of<RunAction>(plan).size() == 1);
}

TEST_CASE("a target is built on only where it is built for the platform") {
    Project project("FROM --platform=linux/arm64 lower\n");
    project.add_target("base", "FROM image\n");
    project.context("lower", "target:base");
    CHECK(project.error().ends_with("the target \"base\" is not built for linux/arm64"));
    compiler::Cell needed = project.matrix.targets[1].cells[0];
    needed.platform = platform_of("linux/arm64");
    project.matrix.targets[1].needed_cells.push_back(needed);
    project.images.asked.clear();
    CHECK(asked(project) == Texts{"image linux/arm64"});
    Project unknown("FROM lower\n");
    CHECK(unknown.context("lower", "target:nobody").error().ends_with("there is no target \"nobody\""));
}

TEST_CASE("docker-image://scratch is scratch, whatever its name") {
    Project project("FROM base\nCOPY x /\n");
    project.files.add(".", "x", "x");
    const Plan plan = project.context("base", "docker-image://scratch").plan();
    CHECK(project.images.asked.empty());
    CHECK_FALSE(std::get<CopyAction>(plan.actions.back().work).root);
    Project copied("FROM scratch\nCOPY --from=none . /\n");
    CHECK(asked(copied.context("none", "docker-image://scratch")).empty());
}
