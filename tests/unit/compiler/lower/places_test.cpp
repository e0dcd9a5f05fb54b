// Where mistakes are shown: line, column and what is underlined.
#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tests;

namespace {

std::string place(const std::string& dockerfile) { return Project(dockerfile).error_place(); }

}  // namespace

TEST_CASE("a word that can't be expanded is underlined") {
    CHECK(place("FROM b\nENV A=${x\n") == "Dockerfile:2:7 ${x");
    CHECK(place("FROM b\nLABEL a=1 b=${x:*}\n") == "Dockerfile:2:13 ${x:*}");
    CHECK(place("FROM b\n\n  USER ${x?}\n") == "Dockerfile:3:8 ${x?}");
    CHECK(place("FROM b\nWORKDIR ${x\n") == "Dockerfile:2:9 ${x");
    CHECK(place("FROM b\nVOLUME /a ${x\n") == "Dockerfile:2:11 ${x");
    CHECK(place("FROM b\nARG A=1 B=${x\n") == "Dockerfile:2:11 ${x");
    CHECK(place("FROM b\nCOPY --from=image /a ${x\n") == "Dockerfile:2:22 ${x");
    CHECK(place("FROM b\nCOPY --chown=${x a /\n") == "Dockerfile:2:14 ${x");
}

TEST_CASE("a word on a continued line is underlined on its own line") {
    CHECK(place("FROM b\nENV A=1 \\\n    B=2 \\\n    C=${x\n") == "Dockerfile:4:7 ${x");
    CHECK(place("FROM b\nENV A=1 \\\n# a comment\n\n    C=${x\n") == "Dockerfile:5:7 ${x");
}

TEST_CASE("mistakes of FROM are at the image, or at the platform") {
    CHECK(place("FROM b AS one\nFROM ${x\n") == "Dockerfile:2:6 ${x");
    CHECK(place("FROM $NOTHING\n") == "Dockerfile:1:6 $NOTHING");
    CHECK(place("FROM --platform=linux/amd64/v1/x b\n") == "Dockerfile:1:17 linux/amd64/v1/x");
    CHECK(place("FROM --platform=$NOTHING b\n") == "Dockerfile:1:17 $NOTHING");
}

TEST_CASE("an image that is not there is underlined where it is named") {
    Project base("FROM nowhere:1 AS x\n");
    base.images.missing.insert("nowhere:1");
    CHECK(base.error_place() == "Dockerfile:1:6 nowhere:1");
    Project copied("FROM b\nCOPY --from=nowhere:1 /x /\n");
    copied.images.missing.insert("nowhere:1");
    CHECK(copied.error_place() == "Dockerfile:2:13 nowhere:1");
    CHECK(copied.errors().find("there is no image \"nowhere:1\"") != std::string::npos);
}

TEST_CASE("mistakes of COPY --from are at the name") {
    CHECK(place("FROM b\nCOPY --from=later /x /\nFROM b AS later\nFROM b\nCOPY --from=0 /x /\n") == "Dockerfile:2:13 later");
    CHECK(place("FROM b\nCOPY --from=5 /x /\n") == "Dockerfile:2:13 5");
}

TEST_CASE("a mode and a mount that are wrong are underlined as written") {
    CHECK(place("FROM b\nCOPY --chmod=99 a /\n") == "Dockerfile:2:14 99");
    CHECK(place("FROM b\nRUN --mount=type=ssh --mount=type=tmpfs,target=/ x\n") == "Dockerfile:2:22 --mount=type=tmpfs,target=/");
}

TEST_CASE("mistakes of a trigger are at the FROM, and say what was done") {
    Project project("FROM b AS one\nFROM triggers\nRUN x\n");
    project.images.configs["triggers"] = R"({"OnBuild":["STOPSIGNAL NOTHING"]})";
    CHECK(project.error().starts_with("2: \"NOTHING\" is no signal"));
    CHECK(project.errors().find("while applying the base's trigger \"STOPSIGNAL NOTHING\"") != std::string::npos);
}

TEST_CASE("each action tells the lines it comes from, the stage and the text") {
    const Plan plan = compile_text("FROM base AS first\n\nRUN a \\\n  b\nFROM first\nWORKDIR /w\n");
    const auto told = [&](std::size_t i) {
        const Origin& origin = plan.actions[i].origin;
        return format("{}:{}-{} {}: {}", origin.dockerfile, origin.line, origin.last_line, origin.stage, origin.text);
    };
    REQUIRE(plan.actions.size() == 3);
    CHECK(told(0) == "Dockerfile:1-1 first: FROM base AS first");
    CHECK(told(1) == "Dockerfile:3-4 first: RUN a   b");
    CHECK(told(2) == "Dockerfile:6-6 stage-1: WORKDIR /w");
    const mabplan::Cell& cell = plan.targets[0].cells[0];
    CHECK(cell.final_stage == "stage-1");
    CHECK(cell.final_from.line == 5);
    CHECK(cell.root == ActionId{2});
}

TEST_CASE("a stage that is misspelt is suggested, if it stands above") {
    Project project("FROM b AS build\nFROM biuld AS final\nFROM b AS bild\n");
    project.stage("final").images.missing.insert("biuld");
    CHECK(project.error_place() == "Dockerfile:2:6 biuld");
    CHECK(project.errors().find("did you mean \"build\"? That is a stage of this file.") != std::string::npos);
    Project capital("FROM b AS build\nFROM Build\n");
    capital.images.missing.insert("Build");
    CHECK(capital.errors().find("did you mean \"build\"?") != std::string::npos);
    Project itself("FROM bulid AS build\n");
    itself.images.missing.insert("bulid");
    CHECK(itself.errors().find("did you mean") == std::string::npos);
}

TEST_CASE("a place in no text is none") {
    const Error error = input_error(SourcePlace{}, "wrong").value();
    CHECK(format_error(error) == "error: wrong\n");
    CHECK(format_error(Error{ErrorKind::Input, "wrong"}.at(SourcePlace{})) == "error: wrong\n");
    CHECK(format_place({}).empty());
}
