#include "compiler/matrix/dotenv.h"

#include "tests/unit/compiler/matrix/map_environment.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

using Values = std::map<std::string, std::string>;

Checked<Dotenv> parse(const std::string& text, Values process = {}) {
    return parse_dotenv(std::make_shared<SourceText>(".env", text), MapEnvironment(std::move(process)));
}

Values values(const std::string& text, Values process = {}) {
    auto parsed = parse(text, std::move(process));
    REQUIRE(parsed);
    return parsed->values;
}

std::string error(const std::string& text) {
    const auto parsed = parse(text);
    return parsed ? "parsed" : format_error(parsed.error().front());
}

}  // namespace

TEST_CASE("names and values, comments, export, the form of YAML") {
    CHECK(values("\xef\xbb\xbf# a comment\n\nA=1\r\n  export B = two words  \nC: three\nD=\nE.f-g[0]=x\n  # B=3\n") ==
          Values{{"A", "1"}, {"B", "two words"}, {"C", "three"}, {"D", ""}, {"E.f-g[0]", "x"}});
    CHECK(values("A=1\nA=2") == Values{{"A", "2"}});
    CHECK(values("A=x # comment\nB=x#y\nC='x # y' # comment\nD=\"x\"#z\n") == Values{{"A", "x"}, {"B", "x#y"}, {"C", "x # y"}, {"D", "x"}});
    CHECK(values("export=1\nexported=2\n") == Values{{"export", "1"}, {"exported", "2"}});
    CHECK(values("") == Values{});
}

TEST_CASE("a lone name has the value of the process, or none") {
    CHECK(values("A\nB\nC", {{"A", "1"}, {"C", "3"}}) == Values{{"A", "1"}, {"C", "3"}});
}

TEST_CASE("quotes hold several lines; single ones are taken as they are") {
    CHECK(values("A='$B \\n \\'x\\''\nB=\"1\\n2\n3\"\n") == Values{{"A", "$B \\n 'x'"}, {"B", "1\n2\n3"}});
    CHECK(values(R"(A="\"x\" \\ \$HOME \q")") == Values{{"A", "\"x\" \\ $HOME \\q"}});
}

TEST_CASE("variables: what the process says goes before the lines above") {
    CHECK(values("A=1\nB=${A}-$A\nC=\"${A:-x}${N:-d}\"\n") == Values{{"A", "1"}, {"B", "1-1"}, {"C", "1d"}});
    CHECK(values("A=1\nB=$A\n", {{"A", "2"}}) == Values{{"A", "1"}, {"B", "2"}});
    CHECK(values("A=$$x\n") == Values{{"A", "$x"}});
    const auto parsed = parse("A=1\nB=$N\n");
    REQUIRE(parsed);
    REQUIRE(parsed->warnings.size() == 1);
    CHECK(format_place(parsed->warnings[0].place) + ": " + parsed->warnings[0].message == ".env:2:1: N is not set: it is taken as empty");
}

TEST_CASE("mistakes are told with their places, all of them") {
    CHECK(error("A=1\nB C=2\n") ==
          ".env:2:3: error: \"C\" can't stand in the name of a variable\n"
          "     1 | A=1\n"
          ">    2 | B C=2\n"
          "       |   ^\n"
          "  hint: write NAME=value; a comment begins with #\n");
    CHECK(error("A=\"x\nB=2\n").starts_with(".env:1:3: error: a value in \"\\\"\" has no end\n"));
    CHECK(error("A='x' y\n").starts_with(".env:1:7: error: \"y\" stands behind the end of a value in quotes\n"));
    CHECK(error("A=${B\n").starts_with(".env:1:1: error: \"${\" without its \"}\""));
    CHECK(error("A=${B?needed}\n").starts_with(".env:1:1: error: B is not set: needed"));
    CHECK(parse("!=1\nA=$\n").error().size() == 2);
}

TEST_CASE("the process goes before the file") {
    const MapEnvironment process(Values{{"A", "process"}});
    const Values file{{"A", "file"}, {"B", "file"}};
    const LayeredEnvironment both(process, file);
    CHECK(both.get("A") == "process");
    CHECK(both.get("B") == "file");
    CHECK_FALSE(both.get("C"));
}
