// What names an instruction from one plan to the next, and what does not.
#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

using namespace mabplan;
using namespace mabplan::tests;

namespace {

using Texts = std::vector<std::string>;

const Texts kTwo{"linux/amd64", "linux/arm64"};

std::string in_words(const InstructionId& id) {
    return id.target + " " + id.stage + " " + format_platform(id.platform) + " " + id.kind + " " + std::to_string(id.ordinal);
}

Plan plan_of(const std::string& dockerfile, const Texts& platforms = {"linux/amd64"}) {
    Project project(dockerfile, platforms);
    project.files.add(".", "a", "a");
    project.files.add(".", "b", "b");
    return project.plan();
}

// What each instruction comes to, by its name.
std::map<std::string, std::string> texts_by_name(const Plan& plan) {
    std::map<std::string, std::string> texts;
    for (const Action& action : plan.actions)
        for (const InstructionId& id : action.instructions) texts[in_words(id)] = action.origin.text;
    return texts;
}

Texts names(const Plan& plan) {
    Texts all;
    for (const auto& [name, text] : texts_by_name(plan)) all.push_back(name);
    return all;
}

Texts names_of(const Plan& plan, const std::string& text) {
    Texts found;
    for (const auto& [name, its_text] : texts_by_name(plan))
        if (its_text == text) found.push_back(name);
    return found;
}

}  // namespace

TEST_CASE("instructions are counted by what they come to, stage by stage") {
    const auto texts =
        texts_by_name(plan_of("FROM base AS build\nRUN one\nCOPY a /\nENV X=1\nRUN two\nFROM base\nRUN three\nCOPY b /\n"
                              "COPY --from=build /x /\n"));
    CHECK(texts == std::map<std::string, std::string>{{"app build linux/amd64 copy 0", "COPY a /"},
                                                      {"app build linux/amd64 image 0", "FROM base AS build"},
                                                      {"app build linux/amd64 run 0", "RUN one"},
                                                      {"app build linux/amd64 run 1", "RUN two"},
                                                      {"app stage-1 linux/amd64 copy 0", "COPY b /"},
                                                      {"app stage-1 linux/amd64 copy 1", "COPY --from=build /x /"},
                                                      {"app stage-1 linux/amd64 image 0", "FROM base AS build"},
                                                      {"app stage-1 linux/amd64 run 0", "RUN three"}});
}

TEST_CASE("other texts, other lines and instructions of other kinds leave a name as it is") {
    const std::string before = "FROM base\nRUN one\nCOPY a /\nRUN two\n";
    const Texts name = names_of(plan_of(before), "RUN two");
    CHECK(name == Texts{"app stage-0 linux/amd64 run 1"});
    for (const char* edited : {"FROM base\nRUN one and more\nCOPY a /\nRUN two\n", "# why\n\nFROM base\nRUN one\n\n\nCOPY a /\nRUN two\n",
                               "FROM base\nARG X\nENV Y=$X\nRUN one\nCOPY b /y\nCOPY a /\nRUN two\nRUN three\n"})
        CHECK(names_of(plan_of(edited), "RUN two") == name);
}

TEST_CASE("the order of the platforms has no say") {
    const std::string dockerfile = "FROM --platform=$BUILDPLATFORM tools AS build\nRUN make\nFROM base\nCOPY --from=build /x /\nRUN x\n";
    const Plan one = plan_of(dockerfile, kTwo);
    const Plan other = plan_of(dockerfile, {kTwo[1], kTwo[0]});
    CHECK(names(one) == names(other));
    CHECK(texts_by_name(one) == texts_by_name(other));
}

TEST_CASE("what serves several platforms has the name of each, in order") {
    const Plan plan = plan_of("FROM --platform=$BUILDPLATFORM tools AS build\nRUN make\nFROM base\nCOPY --from=build /x /\n", kTwo);
    const auto make =
        std::find_if(plan.actions.begin(), plan.actions.end(), [](const Action& each) { return each.origin.text == "RUN make"; });
    REQUIRE(make != plan.actions.end());
    REQUIRE(make->instructions.size() == 2);
    CHECK(in_words(make->instructions[0]) == "app build linux/amd64 run 0");
    CHECK(in_words(make->instructions[1]) == "app build linux/arm64 run 0");
}

TEST_CASE("no action is without a name, and no name stands for two") {
    const Plan plan = plan_of(
        "FROM base AS build\nWORKDIR /w\nADD https://example.com/1 https://example.com/2 /\nADD https://example.com/g.git /g\n"
        "RUN --mount=from=tools,target=/t x\nFROM build\nCOPY a /\n",
        kTwo);
    std::size_t named = 0;
    for (const Action& action : plan.actions) {
        CHECK_FALSE(action.instructions.empty());
        named += action.instructions.size();
        for (const InstructionId& id : action.instructions) CHECK(id.kind == kind_name(action.work));
    }
    CHECK(names(plan).size() == named);
}
