#include "compiler/lower/epoch.h"

#include "compiler/dockerfile/parser.h"
#include "plans/base/format.h"
#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

std::string told(const Epoch& epoch) {
    if (const auto* seconds = std::get_if<std::int64_t>(&epoch)) return format("{}", *seconds);
    if (const auto* file = std::get_if<FetchAction>(&epoch)) return format("{} {} {}", file->url, file->name, file->checksum);
    if (const auto* git = std::get_if<GitAction>(&epoch)) return format("{} {} {}", git->remote, git->ref, git->checksum);
    return "unset";
}

// Of a Dockerfile with these lines as the stage "When", and one more.
std::string epoch(const std::string& value, const std::string& stage = "FROM scratch AS When", const BuildArguments& given = {}) {
    const auto dockerfile = parse_dockerfile(std::make_shared<SourceText>("Dockerfile", stage + "\nFROM scratch\n"));
    REQUIRE(dockerfile);
    const auto graph = cut_stages(*dockerfile);
    REQUIRE(graph);
    const auto read = parse_epoch(value, *graph, given, {});
    if (read) return told(*read);
    const std::string line = read.error().place ? format("line {}: ", read.error().place->line) : "";
    return line + read.error().message;
}

}  // namespace

TEST_CASE("seconds, or what no one knows here") {
    CHECK(epoch("1700000501") == "1700000501");
    CHECK(epoch("0") == "0");
    CHECK(epoch("-1") == "-1");
    CHECK(epoch("") == "unset");
    CHECK(epoch("context") == "unset");
    CHECK(epoch("soon") == "invalid SOURCE_DATE_EPOCH: soon");
    CHECK(epoch("12.5") == "invalid SOURCE_DATE_EPOCH: 12.5");
    CHECK(epoch("99999999999999999999") == "invalid SOURCE_DATE_EPOCH: 99999999999999999999");
}

TEST_CASE("a stage that is only a source gives its time") {
    const std::string from = "FROM scratch AS When\n";
    CHECK(epoch("when", from + "ADD https://example.com/a/src.tar /") == "https://example.com/a/src.tar src.tar ");
    CHECK(epoch("WHEN", from + "ARG V=1\nARG URL=https://example.com/$V.tar\nADD $URL /") == "https://example.com/1.tar 1.tar ");
    CHECK(epoch("when", from + "ARG V=1\nADD https://example.com/$V.tar /", {{"V", "2"}}) == "https://example.com/2.tar 2.tar ");
    CHECK(epoch("when", "ARG V=3\nFROM scratch AS when\nADD https://example.com/$V.tar /") == "https://example.com/3.tar 3.tar ");
    CHECK(epoch("when", "ARG SOURCE_DATE_EPOCH=when\nFROM scratch AS when\nADD https://example.com/x$SOURCE_DATE_EPOCH /") ==
          "https://example.com/x x ");
    CHECK(epoch("when", "ARG BASE=scratch\nFROM $BASE AS when\nADD https://example.com/x /") == "https://example.com/x x ");
    CHECK(epoch("when", from + "ADD https://example.com/a.git#v1 /") == "https://example.com/a.git v1 ");
    CHECK(epoch("when", from + "ADD --checksum=0123 https://example.com/a.git?tag=v1 /") == "https://example.com/a.git refs/tags/v1 0123");
}

TEST_CASE("stages that are no source") {
    const std::string from = "FROM scratch AS when\n";
    CHECK(epoch("when", "FROM busybox AS when\nADD https://example.com/x /") == "line 1: SOURCE_DATE_EPOCH stage must use FROM scratch");
    CHECK(epoch("when", from + "COPY x /") == "line 2: SOURCE_DATE_EPOCH stage does not meet source-only requirements: COPY stands in it");
    CHECK(epoch("when", from + "ADD https://example.com/x /\nRUN true") ==
          "line 3: SOURCE_DATE_EPOCH stage does not meet source-only requirements: RUN stands in it");
    CHECK(epoch("when", from) == "line 1: SOURCE_DATE_EPOCH stage must contain exactly one remote ADD");
    CHECK(epoch("when", from + "ADD https://example.com/x /\nADD https://example.com/y /") ==
          "line 3: SOURCE_DATE_EPOCH stage must contain exactly one remote ADD");
    CHECK(epoch("when", from + "ADD https://example.com/x https://example.com/y /") ==
          "line 2: SOURCE_DATE_EPOCH stage must contain exactly one remote ADD source");
    CHECK(epoch("when", from + "ADD x /") == "line 2: SOURCE_DATE_EPOCH stage source must be a single HTTP(S) or Git ADD");
    CHECK(epoch("when", from + "ADD github.com/a/b /") == "line 2: SOURCE_DATE_EPOCH stage source must be a single HTTP(S) or Git ADD");
    CHECK(epoch("when", from + "ADD https://example.com/a.git?no=1 /") == "line 2: unexpected query \"no\"");
}

TEST_CASE("an image has the time that its target is given") {
    const std::string dockerfile = "FROM scratch AS when\nADD https://example.com/x /\nFROM scratch\n";
    const auto created = [&](const std::string& value) {
        return tests::created_of(tests::Project(dockerfile).argument("SOURCE_DATE_EPOCH", value).plan());
    };
    CHECK(created("7") == 7);
    CHECK(created("context") == 315532800);
    CHECK(created("") == 315532800);
    CHECK(tests::Project(dockerfile).argument("SOURCE_DATE_EPOCH", "soon").error() == "invalid SOURCE_DATE_EPOCH: soon");
    CHECK(tests::Project("FROM x AS when\nFROM scratch").argument("SOURCE_DATE_EPOCH", "when").error() ==
          "1: SOURCE_DATE_EPOCH stage must use FROM scratch");
}
