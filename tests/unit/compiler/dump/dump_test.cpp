#include "compiler/dump/dump.h"

#include "compiler/dockerfile/parser.h"
#include "plans/base/json.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

Dockerfile parsed(const std::string& text) {
    auto dockerfile = parse_dockerfile(std::make_shared<SourceText>("Dockerfile", text));
    REQUIRE(dockerfile);
    return *std::move(dockerfile);
}

SourceTextPtr ignore_text(const std::string& text) { return std::make_shared<SourceText>(".dockerignore", text); }

const char* const kExample = R"(# syntax=docker/dockerfile:1
ARG VERSION=3
FROM --platform=$BUILDPLATFORM golang:$VERSION AS Build
RUN --mount=type=cache,target=/c go build \
    ./...
FROM scratch
COPY --from=build --chmod=755 <<a /x /bin/
text
a
CMD ["/bin/x"]
HEALTHCHECK --retries=2 NONE
)";

std::string stages(const std::string& text, DumpForm form) {
    const Dockerfile dockerfile = parsed(text);
    const auto graph = cut_stages(dockerfile);
    REQUIRE(graph);
    const Platform host{"linux", "amd64", {}, {}, {}};
    const auto global = GlobalArguments::evaluate(graph->global_arguments, {}, {host, host, "default"}, {});
    REQUIRE(global);
    return dump_stages(*graph, *global, dockerfile.escape, form);
}

}  // namespace

TEST_CASE("instructions as lines") {
    CHECK(dump_ast(parsed(kExample), DumpForm::Text) == R"(# syntax=docker/dockerfile:1
        2  ARG         arguments=[{"name":"VERSION","value":"3"}]
        3  FROM        image="golang:$VERSION" platform="$BUILDPLATFORM" stage="Build"
      4-5  RUN         form="shell" command="go build     ./..." mounts=["type=cache,target=/c"]
        6  FROM        image="scratch"
      7-9  COPY        from="build" sources=["/x"] heredocs=[{"name":"a","content":"text\n","expand":true}] destination="/bin/" chmod="755"
       10  CMD         form="exec" words=["/bin/x"]
       11  HEALTHCHECK test=["NONE"] retries=2
)");
}

TEST_CASE("instructions as JSON") {
    const Json document = Json::parse(dump_ast(parsed(kExample), DumpForm::Json));
    CHECK(document["directives"] == Json({{"syntax", "docker/dockerfile:1"}}));
    CHECK(document["instructions"].size() == 7);
    CHECK(document["instructions"][2]["flags"] == Json({"--mount=type=cache,target=/c"}));
    CHECK(document["instructions"][2]["last_line"] == 5);
}

TEST_CASE("stages as lines and as JSON") {
    CHECK(stages(kExample, DumpForm::Text) ==
          "  0  build                      3-5  from=\"golang:$VERSION\" image=\"golang:3\" platform=\"$BUILDPLATFORM\" instructions=1\n"
          "  1  stage-1                   6-11  from=\"scratch\" needs=[\"build\"] instructions=3\n");
    CHECK(Json::parse(stages(kExample, DumpForm::Json))["stages"][1]["needs"] == Json({"build"}));
}

TEST_CASE("ignore lists, and what they say of paths") {
    const auto text = dump_ignore(ignore_text("# comment\n/build/\n!build/keep\n"), {"build/x", "build/keep", "./src"}, DumpForm::Text);
    REQUIRE(text);
    CHECK(*text == "exclude  build\ninclude  build/keep\n\"build/x\"  is excluded\n\"build/keep\"  is included\n\"./src\"  is included\n");
    CHECK(Json::parse(*dump_ignore(ignore_text("*.o\n"), {"a.o"}, DumpForm::Json)) ==
          Json::parse(R"({"patterns":["*.o"],"paths":{"a.o":"excluded"}})"));
    CHECK(format_error(dump_ignore(ignore_text("ok\n\n  sub/[\n"), {}, DumpForm::Text).error()) ==
          ".dockerignore:3:3: error: malformed pattern \"sub/[\": a class \"[\" is not closed\n"
          "     1 | ok\n"
          "     2 | \n"
          ">    3 |   sub/[\n"
          "       |   ^^^^^\n");
    CHECK(dump_ignore(ignore_text("a\n!\n"), {}, DumpForm::Text).error().place->line == 2);
}
