// The global scope alone, without any stage.
#include "compiler/lower/arguments.h"

#include "compiler/dockerfile/parser.h"
#include "compiler/stages/stage_graph.h"
#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

const GlobalArguments::Platforms kPlatforms{tests::platform_of("linux/amd64"), tests::platform_of("linux/arm/v7"), "final"};

Result<GlobalArguments> evaluate(const std::string& lines, const BuildArguments& given = {}) {
    const auto dockerfile = parse_dockerfile(std::make_shared<SourceText>("Dockerfile", lines + "FROM scratch\n"));
    REQUIRE(dockerfile);
    const auto graph = cut_stages(*dockerfile);
    REQUIRE(graph);
    return GlobalArguments::evaluate(graph->global_arguments, given, kPlatforms, {});
}

std::string value(const std::string& lines, const std::string& name, const BuildArguments& given = {}) {
    return evaluate(lines, given).value().get(name).value_or("(unset)");
}

}  // namespace

TEST_CASE("what is set before any ARG line: the platforms and the target stage") {
    const std::map<std::string, std::string> expected{{"TARGETPLATFORM", "linux/arm/v7"},
                                                      {"TARGETOS", "linux"},
                                                      {"TARGETARCH", "arm"},
                                                      {"TARGETVARIANT", "v7"},
                                                      {"TARGETOSVERSION", ""},
                                                      {"TARGETSTAGE", "final"},
                                                      {"BUILDPLATFORM", "linux/amd64"},
                                                      {"BUILDOS", "linux"},
                                                      {"BUILDARCH", "amd64"},
                                                      {"BUILDVARIANT", ""},
                                                      {"BUILDOSVERSION", ""}};
    const GlobalArguments global = evaluate("").value();
    for (const auto& [name, text] : expected) {
        CAPTURE(name);
        CHECK(global.get(name) == text);
        CHECK(global.declares(name));
    }
    CHECK(global.names().size() == expected.size());
}

TEST_CASE("a default is expanded with what stands above it, also on the same line") {
    CHECK(value("ARG A=1\nARG B=$A.2\n", "B") == "1.2");
    CHECK(value("ARG A=1 B=${A}x\n", "B") == "1x");
    CHECK(value("ARG B=$A.2\nARG A=1\n", "B") == ".2");
    CHECK(value("ARG B=${A:-none}\n", "B") == "none");
    CHECK(value("ARG TAG=${TARGETARCH}-$BUILDARCH\n", "TAG") == "arm-amd64");
    CHECK(value("ARG A=1\nARG A=2\n", "A") == "2");
}

TEST_CASE("what is given goes before a default, is not expanded and is seen below") {
    CHECK(value("ARG A=1\n", "A", {{"A", "2"}}) == "2");
    CHECK(value("ARG A\n", "A", {{"A", "2"}}) == "2");
    CHECK(value("ARG A=1\nARG B=$A\n", "B", {{"A", "2"}}) == "2");
    CHECK(value("ARG A=1\n", "A", {{"A", "$HOME"}}) == "$HOME");
    CHECK(value("ARG A=1\n", "A", {{"A", ""}}) == "");
    CHECK(value("ARG A=${B?needed}\n", "A", {{"A", "2"}}) == "2");
}

TEST_CASE("a name that is not declared is not there, one without a value is declared only") {
    CHECK(value("", "A", {{"A", "2"}}) == "(unset)");
    const GlobalArguments global = evaluate("ARG A\n").value();
    CHECK_FALSE(global.get("A"));
    CHECK(global.declares("A"));
    CHECK_FALSE(global.declares("B"));
    const auto names = global.names(), declared = global.declared_names();
    CHECK(std::count(names.begin(), names.end(), "A") == 0);
    CHECK(std::count(declared.begin(), declared.end(), "A") == 1);
}

TEST_CASE("an automatic argument is overridden by what is given, and by a default of its name") {
    CHECK(value("", "TARGETARCH", {{"TARGETARCH", "mine"}}) == "mine");
    CHECK(value("ARG TARGETARCH=default\n", "TARGETARCH") == "default");
    CHECK(value("ARG TARGETARCH\n", "TARGETARCH") == "arm");
}

TEST_CASE("a default that can't be expanded is an error at the default") {
    const auto wrong = evaluate("ARG A=1\nARG B=${A\n");
    REQUIRE_FALSE(wrong);
    REQUIRE(wrong.error().place);
    CHECK(format_place(*wrong.error().place) == "Dockerfile:2:7");
    const auto unset = evaluate("ARG B=\"${A:?say A}\"\n");
    REQUIRE_FALSE(unset);
    CHECK(unset.error().message.find("say A") != std::string::npos);
}

TEST_CASE("proxy arguments are those five, in capitals or small letters throughout") {
    for (const char* name : {"HTTP_PROXY", "https_proxy", "FTP_PROXY", "no_proxy", "ALL_PROXY"}) {
        CAPTURE(name);
        CHECK(is_proxy_argument(name));
    }
    for (const char* name : {"Http_Proxy", "PROXY", "HTTP_PROXY_", "XHTTP_PROXY", "", "SOCKS_PROXY"}) {
        CAPTURE(name);
        CHECK_FALSE(is_proxy_argument(name));
    }
}
