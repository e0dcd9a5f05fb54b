// One target on several platforms: what is shared, what is not, and for whom programs are made.
#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tests;

namespace {

using Texts = std::vector<std::string>;

const Texts kTwo{"linux/amd64", "linux/arm64"};

Project on_two(const std::string& dockerfile) {
    Project project(dockerfile, kTwo);
    project.files.add(".", "a", "a");
    return project;
}

Texts platforms_of_runs(const Plan& plan) {
    Texts out;
    for (const RunAction& run : actions_of<RunAction>(plan)) out.push_back(format_platform(run.platform));
    return out;
}

}  // namespace

TEST_CASE("cells stand in the order asked, each with the platform in its image") {
    const Plan plan = Project("FROM scratch\n", {"linux/arm64", "linux/amd64", "linux/arm/v7"}).plan();
    Texts found;
    for (const Cell& cell : plan.targets[0].cells) {
        const Json document = Json::parse(cell.config);
        found.push_back(format_platform(cell.platform) + " " + document["architecture"].get<std::string>() + document.value("variant", ""));
    }
    CHECK(found == Texts{"linux/arm64 arm64", "linux/amd64 amd64", "linux/arm/v7 armv7"});
}

TEST_CASE("a copy onto nothing is shared, a copy onto images of two platforms is not") {
    CHECK(actions_of<CopyAction>(on_two("FROM scratch\nCOPY a /\nCOPY a /b\n").plan()).size() == 2);
    CHECK(actions_of<CopyAction>(on_two("FROM base\nCOPY a /\n").plan()).size() == 2);
    const Plan shared = on_two("FROM scratch\nCOPY a /\n").plan();
    CHECK(shared.targets[0].cells[0].root == shared.targets[0].cells[1].root);
}

TEST_CASE("a copy that says its platform is not shared") {
    CHECK(actions_of<CopyAction>(on_two("FROM scratch\nARG TARGETARCH\nCOPY a /$TARGETARCH\n").plan()).size() == 2);
    CHECK(actions_of<CopyAction>(on_two("FROM scratch\nARG TARGETARCH\nCOPY a /\n").plan()).size() == 1);
}

TEST_CASE("a command is for one platform, also on nothing") {
    CHECK(platforms_of_runs(on_two("FROM scratch\nRUN [\"/x\"]\n").plan()) == kTwo);
    CHECK(platforms_of_runs(on_two("FROM base\nRUN x\n").plan()) == kTwo);
}

TEST_CASE("a stage on the build platform is made once, as long as it asks for no target platform") {
    const std::string tail = "RUN make\nFROM base\nCOPY --from=build /x /\n";
    Project shared = on_two("FROM --platform=$BUILDPLATFORM tools AS build\n" + tail);
    CHECK(platforms_of_runs(shared.plan()) == Texts{"linux/amd64"});
    CHECK(actions_of<CopyAction>(shared.plan()).size() == 2);
    Project crossed = on_two("FROM --platform=$BUILDPLATFORM tools AS build\nARG TARGETARCH\n" + tail);
    const auto runs = actions_of<RunAction>(crossed.plan());
    REQUIRE(runs.size() == 2);
    CHECK(runs[0].env == Texts{"PATH=/bin", "TARGETARCH=amd64"});
    CHECK(runs[1].env == Texts{"PATH=/bin", "TARGETARCH=arm64"});
    CHECK(platforms_of_runs(crossed.plan()) == Texts{"linux/amd64", "linux/amd64"});
}

TEST_CASE("$TARGETPLATFORM is what is asked for anyway") {
    const Plan plain = on_two("FROM base\nRUN x\n").plan(), said = on_two("FROM --platform=$TARGETPLATFORM base\nRUN x\n").plan();
    REQUIRE(plain.actions.size() == said.actions.size());
    for (std::size_t i = 0; i < plain.actions.size(); ++i) CHECK(plain.actions[i].definition_key == said.actions[i].definition_key);
}

TEST_CASE("the platform of an argument, in other names of the same") {
    Project project("ARG P=linux/aarch64\nFROM --platform=$P base\nFROM --platform=linux/x86_64 base\nCOPY --from=0 /x /\n");
    project.plan();
    CHECK(project.images.asked == Texts{"base linux/arm64", "base linux/amd64"});
}

TEST_CASE("a stage built on another has its platform; an image copied from has that of the target") {
    Project project("FROM --platform=linux/arm64 base AS one\nFROM one\nRUN x\nCOPY --from=image /x /\n", {"linux/riscv64"});
    const Plan plan = project.plan();
    CHECK(platforms_of_runs(plan) == Texts{"linux/arm64"});
    CHECK(project.images.asked == Texts{"base linux/arm64", "image linux/riscv64"});
    CHECK(format_platform(plan.targets[0].cells[0].root_platform) == "linux/arm64");
    CHECK(format_platform(plan.targets[0].cells[0].platform) == "linux/riscv64");
}

TEST_CASE("commands are for the platform of the image that was found") {
    Project project("FROM old\nRUN x\n", {"linux/amd64"});
    project.images.platforms["old"] = "linux/386";
    const Plan plan = project.plan();
    CHECK(platforms_of_runs(plan) == Texts{"linux/386"});
    CHECK(Json::parse(plan.targets[0].cells[0].config)["architecture"] == "amd64");
}

TEST_CASE("where a command may run is taken from the platform's settings and changes no key") {
    Project project("FROM base\nRUN x\n");
    const Digest key = project.plan().actions.back().definition_key;
    project.matrix.targets[0].cells[0].runner = compiler::Runner::Qemu;
    const Plan plan = project.plan();
    CHECK(actions_of<RunAction>(plan)[0].runner == Runner::Qemu);
    CHECK(plan.actions.back().definition_key == key);
}

TEST_CASE("an optional platform is one in the plan") {
    Project project = on_two("FROM scratch\n");
    project.matrix.targets[0].cells[1].optional = true;
    const Plan plan = project.plan();
    CHECK_FALSE(plan.targets[0].cells[0].optional);
    CHECK(plan.targets[0].cells[1].optional);
}

TEST_CASE("an image that nobody asked a platform for is for what its last stage is for") {
    const auto platform = [](const std::string& dockerfile, compiler::PlatformSource source) {
        Project project(dockerfile);
        project.images.platforms["bare"] = "linux/arm64";
        project.matrix.targets[0].cells[0].platform_source = source;
        const Plan plan = project.plan();
        const Cell& cell = plan.targets[0].cells[0];
        CHECK(Json::parse(cell.config)["architecture"] == cell.platform.architecture);
        return format_platform(cell.platform);
    };
    using enum compiler::PlatformSource;
    CHECK(platform("FROM --platform=linux/arm64 base\n", LastStage) == "linux/arm64");
    CHECK(platform("FROM --platform=linux/arm64 base\n", Asked) == "linux/amd64");
    CHECK(platform("FROM bare\n", LastStage) == "linux/arm64");
    CHECK(platform("FROM --platform=linux/arm/v6 base AS one\nFROM one\n", LastStage) == "linux/arm/v6");
    CHECK(platform("FROM --platform=linux/arm64 base AS one\nFROM base\nCOPY --from=one /x /\n", LastStage) == "linux/amd64");
    CHECK(platform("FROM --platform=linux/arm64 scratch\n", LastStage) == "linux/amd64");
}

TEST_CASE("TARGETPLATFORM of such an image is the host's") {
    Project project("FROM --platform=linux/arm64 base\nARG TARGETPLATFORM\nRUN x\n");
    project.matrix.targets[0].cells[0].platform_source = compiler::PlatformSource::LastStage;
    CHECK(actions_of<RunAction>(project.plan())[0].env == Texts{"PATH=/bin", "TARGETPLATFORM=linux/amd64"});
}

TEST_CASE("only Linux is a target") {
    for (const std::string platform : {"windows/amd64", "darwin/arm64", "freebsd/amd64", "js/wasm"}) {
        Project project("FROM scratch\n", {platform});
        CHECK(project.errors() == "error: " + platform +
                                      " can't be built: mabplan makes images for Linux alone\n"
                                      "  hint: build its programs in a stage for Linux, and take them out with -o type=local\n");
    }
}
