// What changes the definition key of a RUN or COPY and what does not; targets that build on others.
#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tests;

namespace {

Digest last_key(Project project) {
    project.files.add(".", "a.txt", "a");
    return project.plan().actions.back().definition_key;
}
Digest last_key(const std::string& dockerfile) { return last_key(Project(dockerfile)); }

}  // namespace

TEST_CASE("comments, names, places and metadata are no part of a key") {
    const Digest key = last_key("FROM base AS one\nRUN x\n");
    CHECK(last_key("# a comment\n\nFROM base AS other\nRUN x\n") == key);
    CHECK(last_key("FROM base\nLABEL a=b\nEXPOSE 80\nCMD y\nRUN x\n") == key);
    Project tagged("FROM base\nRUN x\n");
    tagged.matrix.targets[0].names = {"name:tag"};
    CHECK(last_key(std::move(tagged)) == key);
}

TEST_CASE("commands, variables, users, folders, platforms and bases are part of a key") {
    std::set<Digest> keys;
    const std::vector<std::string> different{"RUN x",
                                             "RUN y",
                                             "RUN [\"x\"]",
                                             "ENV A=1\nRUN x",
                                             "ARG A=2\nRUN x",
                                             "USER u\nRUN x",
                                             "WORKDIR /w\nRUN x",
                                             "RUN z\nRUN x",
                                             "RUN --network=none x",
                                             "COPY a.txt /\nRUN x",
                                             "COPY a.txt /b\nRUN x",
                                             "COPY --chown=1 a.txt /\nRUN x"};
    for (const std::string& text : different) keys.insert(last_key("FROM base\n" + text + "\n"));
    keys.insert(last_key("FROM other\nRUN x\n"));
    keys.insert(last_key(Project("FROM base\nRUN x\n", {"linux/arm64"})));
    CHECK(keys.size() == different.size() + 2);
}

TEST_CASE("an undeclared build argument changes nothing, a declared one does") {
    const std::string dockerfile = "FROM base\nARG A\nRUN x\n";
    Project undeclared(dockerfile), declared(dockerfile);
    undeclared.argument("OTHER", "1");
    declared.argument("A", "1");
    CHECK(last_key(undeclared) == last_key(dockerfile));
    CHECK(last_key(declared) != last_key(dockerfile));
}

TEST_CASE("a target builds on another one, and not on itself") {
    Project project("FROM below\nRUN x\n");
    compiler::Target base;
    base.name = base.declared_name = "base";
    base.cells = project.matrix.targets[0].cells;
    base.cells[0].build.dockerfile = "Base.dockerfile";
    project.files.add(".", "Base.dockerfile", "FROM base\nENV A=1\nRUN in-base\n");
    project.matrix.targets.push_back(base);
    project.context("below", "target:base");
    const auto runs = actions_of<RunAction>(project.plan());
    REQUIRE(runs.size() == 2);
    CHECK(runs[1].env == std::vector<std::string>{"PATH=/bin", "A=1"});

    Project circle("FROM app\n");
    circle.context("app", "target:app");
    CHECK(circle.error().find("the target \"app\" is built from itself") != std::string::npos);
}
