#include "compiler/stages/stage_graph.h"

#include "compiler/dockerfile/parser.h"
#include "plans/base/format.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

// A Dockerfile with the graph that points into it.
struct Cut {
    Dockerfile dockerfile;
    StageGraph graph;

    explicit Cut(const std::string& text) {
        auto parsed = parse_dockerfile(std::make_shared<SourceText>("Dockerfile", text));
        REQUIRE(parsed);
        dockerfile = std::move(*parsed);
        auto cut = cut_stages(dockerfile);
        REQUIRE(cut);
        graph = std::move(*cut);
    }
};

using Number = std::optional<std::size_t>;

// The error of choosing: message, then hint.
std::pair<std::string, std::string> refusal(const Cut& cut, const std::string& target) {
    const auto chosen = choose_target(cut.graph, target);
    REQUIRE_FALSE(chosen);
    CHECK(chosen.error().kind == ErrorKind::Input);
    return {chosen.error().message, chosen.error().hint};
}

}  // namespace

TEST_CASE("a Dockerfile is cut at its FROM lines; what stands before the first is global") {
    const Cut cut("ARG A=1\nARG B\nFROM one AS Build\nRUN x\nRUN y\nFROM two\nFROM three AS last\nCMD z\n");
    CHECK(cut.graph.global_arguments.size() == 2);
    REQUIRE(cut.graph.stages.size() == 3);
    const Stage &build = cut.graph.stages[0], &unnamed = cut.graph.stages[1], &last = cut.graph.stages[2];
    CHECK(build.name == "build");
    CHECK(build.number == 0);
    CHECK(build.instructions.size() == 2);
    CHECK(build.from->place.line == 3);
    CHECK(unnamed.name.empty());
    CHECK(unnamed.instructions.empty());
    CHECK(last.number == 2);
    CHECK(last.instructions.size() == 1);
}

TEST_CASE("a stage without a name is shown by its number") {
    const Cut cut("FROM one AS Build\nFROM two\n");
    CHECK(cut.graph.stages[0].display_name() == "build");
    CHECK(cut.graph.stages[1].display_name() == "stage-1");
}

TEST_CASE("FROM sees the last stage of exactly its name that stands before it") {
    const Cut cut("FROM x AS a\nFROM x AS b\nFROM x AS a\nFROM x\n");
    CHECK(cut.graph.find_earlier("a", 3) == Number(2));
    CHECK(cut.graph.find_earlier("a", 2) == Number(0));
    CHECK(cut.graph.find_earlier("a", 0) == std::nullopt);
    CHECK(cut.graph.find_earlier("b", 1) == std::nullopt);
    CHECK(cut.graph.find_earlier("A", 3) == std::nullopt);
    CHECK(cut.graph.find_earlier("0", 3) == std::nullopt);
    CHECK(cut.graph.find_earlier("", 4) == std::nullopt);
}

TEST_CASE("a mount sees stages by name in any case, and no numbers") {
    const Cut cut("FROM x AS a\nFROM x AS B\n");
    CHECK(cut.graph.find_named("A") == Number(0));
    CHECK(cut.graph.find_named("b") == Number(1));
    CHECK(cut.graph.find_named("0") == std::nullopt);
    CHECK(cut.graph.find_named("") == std::nullopt);
}

TEST_CASE("COPY --from sees stages by name, else by number") {
    const Cut cut("FROM x AS a\nFROM x\n");
    CHECK(cut.graph.find("A") == Number(0));
    CHECK(cut.graph.find("1") == Number(1));
    for (const char* unknown : {"2", "-1", "1x", "c", ""}) {
        CAPTURE(unknown);
        CHECK(cut.graph.find(unknown) == std::nullopt);
    }
}

TEST_CASE("the target is the last stage, or the one named or numbered") {
    const Cut cut("FROM x AS a\nFROM x AS b\nFROM x\n");
    CHECK(choose_target(cut.graph, "").value() == 2);
    CHECK(choose_target(cut.graph, "a").value() == 0);
    CHECK(choose_target(cut.graph, "B").value() == 1);
    CHECK(choose_target(cut.graph, "1").value() == 1);
    const Cut twice("FROM x AS a\nFROM y AS a\nFROM z\n");
    CHECK(choose_target(twice.graph, "a").value() == 1);
}

TEST_CASE("an unknown target is refused with the nearest name, or with all of them") {
    using Told = std::pair<std::string, std::string>;
    const Cut cut("FROM x AS builder\nFROM x AS runtime\nFROM x\n");
    CHECK(refusal(cut, "bilder") == Told{"Dockerfile has no stage \"bilder\"", "did you mean \"builder\"?"});
    CHECK(refusal(cut, "else") == Told{"Dockerfile has no stage \"else\"", "its stages are: builder, runtime"});
    CHECK(refusal(cut, "3") == Told{"Dockerfile has no stage \"3\"", "its stages are: builder, runtime"});
    CHECK(refusal(Cut("FROM x\n"), "a") == Told{"Dockerfile has no stage \"a\"", ""});
}

TEST_CASE("without FROM there is nothing to build") {
    Dockerfile empty;
    empty.source = std::make_shared<SourceText>("Empty", "ARG A\n");
    const auto cut = cut_stages(empty);
    REQUIRE_FALSE(cut);
    CHECK(cut.error().message == "Empty has no FROM: there is nothing to build");
}

TEST_CASE("as many stages as allowed are cut, one more is refused at its line") {
    std::string text;
    for (std::size_t i = 0; i < kMaxStages; ++i) text += "FROM x\n";
    CHECK(Cut(text).graph.stages.size() == kMaxStages);
    auto dockerfile = parse_dockerfile(std::make_shared<SourceText>("Dockerfile", text + "\n\nFROM x\n"));
    REQUIRE(dockerfile);
    const auto cut = cut_stages(*dockerfile);
    REQUIRE_FALSE(cut);
    CHECK(cut.error().place->line == kMaxStages + 3);
}
