#include "compiler/lower/needed_stages.h"

#include "compiler/dockerfile/parser.h"
#include "compiler/lower/environment_list.h"
#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

using Numbers = std::vector<std::size_t>;
using Texts = std::vector<std::string>;

struct Read {
    Dockerfile dockerfile;
    StageGraph graph;

    explicit Read(const std::string& text)
        : dockerfile(parse_dockerfile(std::make_shared<SourceText>("Dockerfile", text)).value()), graph(cut_stages(dockerfile).value()) {}
};

Numbers needed(const std::string& text, std::size_t target, const std::vector<std::string>& variables = {}) {
    const Read read(text);
    return needed_stages(read.graph, target, EnvironmentList(variables), {});
}

Texts asked(const std::string& text) {
    tests::Project project(text);
    project.plan();
    return project.images.asked;
}

}  // namespace

TEST_CASE("a stage needs itself, its base, and what it copies or mounts from") {
    const std::string text =
        "FROM x AS a\nFROM a AS b\nFROM x AS c\nFROM x AS d\nRUN --mount=from=c,target=/c y\nFROM x AS e\nCOPY --from=b /f /\nCOPY "
        "--from=3 /f /\n";
    CHECK(needed(text, 0) == Numbers{0});
    CHECK(needed(text, 1) == Numbers{0, 1});
    CHECK(needed(text, 2) == Numbers{2});
    CHECK(needed(text, 3) == Numbers{2, 3});
    CHECK(needed(text, 4) == Numbers{0, 1, 2, 3, 4});
}

TEST_CASE("an image named like a later stage, or by a number, is no stage") {
    CHECK(needed("FROM b AS a\nFROM x AS b\n", 0) == Numbers{0});
    CHECK(needed("FROM x AS a\nFROM 0\n", 1) == Numbers{1});
    CHECK(needed("FROM x AS a\nFROM A\n", 1) == Numbers{1});
}

TEST_CASE("the base is expanded with the global arguments, what can't be is left out") {
    CHECK(needed("FROM x AS a\nFROM x AS b\nFROM $WHICH\n", 2, {"WHICH=b"}) == Numbers{1, 2});
    CHECK(needed("FROM x AS a\nFROM ${WHICH\n", 1) == Numbers{1});
}

TEST_CASE("stages that form a circle are each found once") {
    CHECK(needed("FROM x AS a\nCOPY --from=b /f /\nFROM x AS b\nCOPY --from=a /f /\n", 1) == Numbers{0, 1});
    CHECK(needed("FROM x AS a\nCOPY --from=a /f /\n", 0) == Numbers{0});
}

TEST_CASE("what one stage names itself, in order") {
    const Read read(
        "FROM x AS a\nFROM x AS b\nFROM a\nCOPY --from=b /f /\nCOPY --from=image /f /\nCOPY f /\nRUN --mount=from=A,target=/a y\n");
    CHECK(stages_named_by(read.graph, read.graph.stages[2], EnvironmentList{}, {}) == Numbers{0, 1, 0});
}

TEST_CASE("images of stages that nobody needs are not asked for, others once a use") {
    CHECK(asked("FROM one AS a\nFROM two AS b\nFROM three\n") == Texts{"three linux/amd64"});
    CHECK(asked("FROM one AS a\nFROM two AS b\nFROM a\n") == Texts{"one linux/amd64"});
    CHECK(asked("FROM one AS a\nFROM a AS b\nFROM a AS c\nFROM scratch\nCOPY --from=b /x /\nCOPY --from=c /y /\n") ==
          Texts{"one linux/amd64"});
    CHECK(asked("FROM one AS a\nFROM two AS b\nFROM scratch\nRUN --mount=from=b,target=/b x\n") == Texts{"two linux/amd64"});
    CHECK(asked("FROM scratch\n").empty());
}

TEST_CASE("a target in the middle needs nothing below it") {
    tests::Project project("FROM one AS a\nFROM two AS b\nCOPY --from=a /x /\nFROM three AS c\n");
    project.stage("b").plan();
    CHECK(project.images.asked == Texts{"one linux/amd64", "two linux/amd64"});
}

TEST_CASE("a missing image of a stage that nobody needs is no error") {
    tests::Project project("FROM nowhere AS a\nFROM one\n");
    project.images.missing.insert("nowhere");
    CHECK(project.error() == "compiled");
}
