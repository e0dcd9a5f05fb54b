// Where the values of ARG and ENV come from, and who sees them.
#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tests;

namespace {

std::vector<std::string> env_of_run(Project& project) { return actions_of<RunAction>(project.plan()).back().env; }
std::vector<std::string> env_of_run(const std::string& dockerfile) {
    Project project(dockerfile);
    return env_of_run(project);
}
using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a global ARG is seen by FROM, and in a stage only where it is declared again") {
    Project project("ARG VERSION=1\nFROM base:$VERSION\nRUN a\nARG VERSION\nRUN b\n");
    const Plan plan = project.plan();
    CHECK(project.images.asked == Texts{"base:1 linux/amd64"});
    const auto runs = actions_of<RunAction>(plan);
    CHECK(runs[0].env == Texts{"PATH=/bin"});
    CHECK(runs[1].env == Texts{"PATH=/bin", "VERSION=1"});
}

TEST_CASE("a build argument goes before the default, and is dropped where nobody declares it") {
    Project project("ARG IMAGE=one\nFROM $IMAGE\nARG A=1\nARG B=2\nRUN x\n");
    project.argument("IMAGE", "two").argument("B", "3").argument("UNDECLARED", "4");
    CHECK(env_of_run(project) == Texts{"PATH=/bin", "A=1", "B=3"});
    CHECK(project.images.asked == Texts{"two linux/amd64"});
}

TEST_CASE("of ARG and ENV of one name the later counts in RUN, and ENV alone reaches the image") {
    CHECK(env_of_run("FROM b\nARG A=arg\nENV A=env\nRUN x\n") == Texts{"PATH=/bin", "A=env"});
    CHECK(env_of_run("FROM b\nENV A=env\nARG A=arg\nRUN x\n") == Texts{"PATH=/bin", "A=arg"});
    CHECK(config_of(compile_text("FROM b\nENV A=env\nARG A=arg\nARG B=1\n"))["Env"] == Json({"PATH=/bin", "A=env"}));
}

TEST_CASE("one ENV sees the values from before it") {
    CHECK(env_of_run("FROM b\nENV a=1\nENV a=2 b=$a\nRUN x\n") == Texts{"PATH=/bin", "a=2", "b=1"});
}

TEST_CASE("a stage inherits arguments and variables of the stage it is built from") {
    CHECK(env_of_run("FROM b AS one\nARG A=1\nENV B=2\nFROM one\nRUN x\n") == Texts{"PATH=/bin", "A=1", "B=2"});
}

TEST_CASE("an ARG sees those before it, also in the global scope") {
    Project project("ARG A=1\nARG B=$A.2\nFROM base:$B\nARG B\nARG C=${B}x\nRUN x\n");
    CHECK(env_of_run(project) == Texts{"PATH=/bin", "B=1.2", "C=1.2x"});
}

TEST_CASE("the platforms are global arguments, and a build argument overrides them") {
    const std::string dockerfile =
        "FROM b AS final\nARG TARGETPLATFORM TARGETOS TARGETARCH TARGETVARIANT BUILDPLATFORM TARGETSTAGE\nRUN x\n";
    Project arm(dockerfile, {"linux/arm/v7"});
    CHECK(env_of_run(arm) == Texts{"PATH=/bin", "TARGETPLATFORM=linux/arm/v7", "TARGETOS=linux", "TARGETARCH=arm", "TARGETVARIANT=v7",
                                   "BUILDPLATFORM=linux/amd64", "TARGETSTAGE=final"});
    Project overridden("FROM b\nARG TARGETARCH TARGETSTAGE\nRUN x\n");
    overridden.argument("TARGETARCH", "mine");
    CHECK(env_of_run(overridden) == Texts{"PATH=/bin", "TARGETARCH=mine", "TARGETSTAGE=default"});
}

TEST_CASE("proxy settings are seen by commands and stand in no key, history or image") {
    const std::string dockerfile = "FROM b\nRUN x\n";
    Project project(dockerfile);
    project.argument("HTTP_PROXY", "http://proxy").argument("no_proxy", "lan");
    const Plan plan = project.plan();
    const RunAction run = actions_of<RunAction>(plan).back();
    CHECK(run.proxy == Texts{"HTTP_PROXY=http://proxy", "http_proxy=http://proxy", "NO_PROXY=lan", "no_proxy=lan"});
    CHECK(run.env == Texts{"PATH=/bin"});
    CHECK(plan.actions.back().definition_key == compile_text(dockerfile).actions.back().definition_key);
    CHECK(history_of(plan) == Texts{"+ RUN /bin/sh -c x"});
}

TEST_CASE("arguments in scope are shown in the history of a RUN, with a value or without") {
    Project project("FROM b\nARG A=1\nARG NOTHING\nRUN x\n");
    CHECK(history_of(project.plan()) == Texts{"  ARG A=1", "  ARG NOTHING", "+ RUN |2 A=1 NOTHING= /bin/sh -c x"});
}

TEST_CASE("SOURCE_DATE_EPOCH as a build argument is the time of the image") {
    Project project("FROM b\n");
    project.argument("SOURCE_DATE_EPOCH", "1000");
    CHECK(created_of(project.plan()) == 1000);
    Project context("FROM b\n");
    context.argument("SOURCE_DATE_EPOCH", "context");
    CHECK(created_of(context.plan()) == 315532800);
    Project wrong("FROM b\n");
    wrong.argument("SOURCE_DATE_EPOCH", "yesterday");
    CHECK(wrong.error() == "invalid SOURCE_DATE_EPOCH: yesterday");
}
