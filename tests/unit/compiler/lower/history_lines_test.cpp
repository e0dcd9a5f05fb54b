// The lines that a build adds to the history of an image; "+" is a line with a layer.
#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tests;

namespace {

using Texts = std::vector<std::string>;

std::string line_of(const std::string& instruction) {
    Project project("FROM b\n" + instruction + "\n");
    project.files.add(".", "a", "a");
    return history_of(project.plan()).back();
}

}  // namespace

TEST_CASE("instructions of the configuration are lines without a layer") {
    CHECK(line_of("ENV A=1 B=\"x y\"") == "  ENV A=1 B=x y");
    CHECK(line_of("LABEL a=1 \"b c\"=2") == "  LABEL a=1 b c=2");
    CHECK(line_of("USER u:g") == "  USER u:g");
    CHECK(line_of("VOLUME /a /b") == "  VOLUME [/a /b]");
    CHECK(line_of("STOPSIGNAL SIGINT") == "  STOPSIGNAL SIGINT");
    CHECK(line_of("SHELL [\"/bin/sh\", \"-e\"]") == "  SHELL [/bin/sh -e]");
    CHECK(line_of("CMD [\"a\", \"b c\"]") == "  CMD [\"a\" \"b c\"]");
    CHECK(line_of("ENTRYPOINT run it") == "  ENTRYPOINT [\"/bin/sh\" \"-c\" \"run it\"]");
    CHECK(line_of("MAINTAINER me") == "  MAINTAINER me");
}

TEST_CASE("ARG shows the value that counts, where there is one") {
    CHECK(line_of("ARG A B=2") == "  ARG A B=2");
    CHECK(line_of("ENV X=1\nARG A=$X.0") == "  ARG A=1.0");
    Project project("ARG G=global\nFROM b\nARG G\nARG D=default\n");
    CHECK(history_of(project.argument("D", "given").plan()) == Texts{"  ARG G=global", "  ARG D=given"});
}

TEST_CASE("RUN shows the arguments in scope with the values that it saw, each once") {
    CHECK(line_of("RUN x") == "+ RUN /bin/sh -c x");
    CHECK(line_of("RUN") == "+ RUN /bin/sh -c ");
    CHECK(line_of("RUN [\"x\", \"y z\"]") == "+ RUN x y z");
    CHECK(line_of("ENV E=1\nRUN x") == "+ RUN /bin/sh -c x");
    CHECK(line_of("ARG A=1\nARG A=2\nRUN x") == "+ RUN |1 A=2 /bin/sh -c x");
    CHECK(line_of("ARG A=1\nENV A=env\nRUN x") == "+ RUN |1 A=env /bin/sh -c x");
    CHECK(line_of("ARG B=1 A=2\nRUN x") == "+ RUN |2 B=1 A=2 /bin/sh -c x");
}

TEST_CASE("a secret that nobody declares is in no line") {
    Project project("FROM b\nRUN x\n");
    for (const std::string& line : history_of(project.argument("TOKEN", "hunter2").argument("HTTPS_PROXY", "http://u:hunter2@p").plan()))
        CHECK(line.find("hunter2") == std::string::npos);
}

TEST_CASE("COPY and WORKDIR are lines with a layer, with what was expanded") {
    CHECK(line_of("ENV D=/d\nCOPY a $D/") == "+ COPY a /d/");
    CHECK(line_of("COPY --chown=1:2 --chmod=644 a /") == "+ COPY --chown=1:2 --chmod=644 a /");
    CHECK(line_of("ADD a /") == "+ ADD a /");
    CHECK(line_of("WORKDIR /w\nWORKDIR x") == "+ WORKDIR /w/x");
    CHECK(line_of("WORKDIR /w/\nWORKDIR x/") == "+ WORKDIR /w/x");
    CHECK(line_of("WORKDIR /w//x/../") == "+ WORKDIR /w//x/../");
    CHECK(line_of("WORKDIR //") == "  WORKDIR //");
}

TEST_CASE("a line with a layer names the action that made it") {
    const Plan plan = compile_text("FROM b\nENV A=1\nRUN x\nWORKDIR /w\n");
    const auto& history = plan.targets[0].cells[0].history;
    REQUIRE(history.size() == 3);
    CHECK_FALSE(history[0].layer);
    CHECK(std::get<RunAction>(plan.action(*history[1].layer).work).argv.back() == "x");
    CHECK(std::get<MakeDirectoryAction>(plan.action(*history[2].layer).work).path == "/w");
}

TEST_CASE("stages pass their lines on to those that are built on them, not to those that copy") {
    CHECK(history_of(compile_text("FROM b AS one\nRUN x\nFROM one\nENV A=1\n")) == Texts{"+ RUN /bin/sh -c x", "  ENV A=1"});
    CHECK(history_of(compile_text("FROM b AS one\nRUN x\nFROM b\nCOPY --from=one /x /y\n")) == Texts{"+ COPY /x /y"});
    CHECK(history_of(compile_text("FROM b\n")).empty());
}

TEST_CASE("global arguments and labels of the target are no lines") {
    Project project("ARG A=1\nFROM b\n");
    project.matrix.targets[0].cells[0].build.labels = {{"a", "b", {}}};
    CHECK(history_of(project.plan()).empty());
}
