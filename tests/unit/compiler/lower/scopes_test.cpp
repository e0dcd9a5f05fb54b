// Which ARG and ENV reach an instruction, a command and the image, where stages and bases meet.
#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tests;

namespace {

using Texts = std::vector<std::string>;

Texts env_of(const std::string& dockerfile) { return actions_of<RunAction>(compile_text(dockerfile)).back().env; }

// What the last RUN of a stage on a base with A=base sees.
Texts env_on_base(const std::string& instructions) {
    Project project("FROM base\n" + instructions + "\nRUN x\n");
    project.images.configs["base"] = R"({"Env":["PATH=/bin","A=base"]})";
    return actions_of<RunAction>(project.plan()).back().env;
}

}  // namespace

TEST_CASE("a default in the stage goes before the global value, which goes where there is none") {
    CHECK(env_of("ARG V=global\nFROM b\nARG V=stage\nRUN x\n") == Texts{"PATH=/bin", "V=stage"});
    CHECK(env_of("ARG V=global\nFROM b\nARG V\nRUN x\n") == Texts{"PATH=/bin", "V=global"});
    CHECK(env_of("ARG V\nFROM b\nARG V\nRUN x\n") == Texts{"PATH=/bin"});
    Project given("ARG V=global\nFROM b\nARG V=stage\nRUN x\n");
    CHECK(actions_of<RunAction>(given.argument("V", "given").plan()).back().env == Texts{"PATH=/bin", "V=given"});
}

TEST_CASE("an ARG ends with its stage: another stage declares it again") {
    const Plan plan = compile_text("FROM b AS one\nARG A=1\nRUN x\nFROM b\nCOPY --from=one /x /\nRUN y\n");
    CHECK(actions_of<RunAction>(plan)[1].env == Texts{"PATH=/bin"});
}

TEST_CASE("an ARG of a stage does not reach FROM, and FROM does not see ENV") {
    CHECK(Project("FROM b\nARG IMAGE=two\nFROM $IMAGE\n").error().starts_with("3: base name ($IMAGE) should not be blank"));
    CHECK(Project("FROM b\nENV IMAGE=two\nFROM $IMAGE\n").error().starts_with("3: base name ($IMAGE) should not be blank"));
    Project global("ARG IMAGE=two\nFROM b\nARG IMAGE=three\nFROM $IMAGE\n");
    global.plan();
    CHECK(global.images.asked == Texts{"two linux/amd64"});
}

TEST_CASE("an ARG hides the variable of the base from commands, not from the image") {
    CHECK(env_on_base("") == Texts{"PATH=/bin", "A=base"});
    CHECK(env_on_base("ARG A=arg") == Texts{"PATH=/bin", "A=arg"});
    CHECK(env_on_base("ARG A") == Texts{"PATH=/bin", "A=base"});
    CHECK(env_on_base("ENV A=env") == Texts{"PATH=/bin", "A=env"});
    Project project("FROM base\nARG A=arg\n");
    project.images.configs["base"] = R"({"Env":["PATH=/bin","A=base"]})";
    CHECK(config_of(project.plan())["Env"] == Json({"PATH=/bin", "A=base"}));
}

TEST_CASE("an ENV hides the build argument of its name from there on") {
    Project project("FROM b\nARG A\nRUN x\nENV A=env\nRUN y\n");
    const auto runs = actions_of<RunAction>(project.argument("A", "given").plan());
    CHECK(runs[0].env == Texts{"PATH=/bin", "A=given"});
    CHECK(runs[1].env == Texts{"PATH=/bin", "A=env"});
}

TEST_CASE("an ENV can keep an argument for the image") {
    Project project("FROM b\nARG V=1\nENV V=${V}\n");
    CHECK(config_of(project.argument("V", "2").plan())["Env"] == Json({"PATH=/bin", "V=2"}));
}

TEST_CASE("several ARGs on a line see each other, several ENVs do not") {
    CHECK(env_of("FROM b\nARG A=1 B=$A\nRUN x\n") == Texts{"PATH=/bin", "A=1", "B=1"});
    CHECK(env_of("FROM b\nENV A=1 B=$A\nRUN x\n") == Texts{"PATH=/bin", "A=1", "B="});
    CHECK(env_of("FROM b\nENV A=1\nENV A=2 A=$A.3\nRUN x\n") == Texts{"PATH=/bin", "A=1.3"});
}

TEST_CASE("a variable keeps the place where its name was first set") {
    CHECK(env_of("FROM b\nENV A=1\nENV B=2\nENV A=3\nRUN x\n") == Texts{"PATH=/bin", "A=3", "B=2"});
    CHECK(env_of("FROM b\nARG A=1\nENV B=2\nENV PATH=/p:$PATH A=3\nRUN x\n") == Texts{"PATH=/p:/bin", "A=3", "B=2"});
}

TEST_CASE("names of variables are expanded too, quotes are taken away") {
    CHECK(env_of("FROM b\nARG N=NAME\nENV $N=\"a b\" Q='$N' E=\\$N\nRUN x\n") == Texts{"PATH=/bin", "N=NAME", "NAME=a b", "Q=$N", "E=$N"});
    CHECK(Project("FROM b\nENV $NOTHING=1\n").error() == "2: ENV names can not be blank");
}

TEST_CASE("automatic arguments reach a stage only where it declares them, a default goes before them") {
    CHECK(env_of("FROM b\nRUN x\n") == Texts{"PATH=/bin"});
    CHECK(env_of("FROM b\nARG TARGETARCH\nRUN x\n") == Texts{"PATH=/bin", "TARGETARCH=amd64"});
    CHECK(env_of("FROM b\nARG TARGETARCH=other\nRUN x\n") == Texts{"PATH=/bin", "TARGETARCH=other"});
    CHECK(env_of("ARG TARGETARCH=other\nFROM b\nARG TARGETARCH\nRUN x\n") == Texts{"PATH=/bin", "TARGETARCH=other"});
}

TEST_CASE("the build platform is the host's, whatever FROM --platform says") {
    Project project("FROM --platform=linux/arm64 b\nARG BUILDARCH TARGETARCH\nRUN x\n", {"linux/riscv64"});
    const auto run = actions_of<RunAction>(project.plan()).back();
    CHECK(run.env == Texts{"PATH=/bin", "BUILDARCH=amd64", "TARGETARCH=riscv64"});
    CHECK(format_platform(run.platform) == "linux/arm64");
}

TEST_CASE("the escape directive counts in values") {
    CHECK(env_of("# escape=`\nFROM b\nENV A=C:\\x B=`$A\nRUN x\n") == Texts{"PATH=/bin", "A=C:\\x", "B=$A"});
}
