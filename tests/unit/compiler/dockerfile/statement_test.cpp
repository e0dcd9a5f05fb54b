#include "compiler/dockerfile/statement.h"
#include "compiler/dockerfile/flag_words.h"

#include <doctest/doctest.h>

#include <array>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

Statements read(const std::string& text) { return read_statements(std::make_shared<SourceText>("Dockerfile", text)); }

Statement only(const std::string& text) {
    Statements statements = read(text);
    REQUIRE_MESSAGE(statements.errors.empty(), statements.errors[0].message);
    REQUIRE(statements.list.size() == 1);
    return std::move(statements.list[0]);
}

std::string only_error(const std::string& text) {
    const Statements statements = read(text);
    REQUIRE_MESSAGE(statements.errors.size() == 1, text);
    return format_error(statements.errors[0]);
}

using Words = std::vector<std::string>;

const std::array<FlagRule, 3> kRules{{{"from", FlagKind::Text}, {"link", FlagKind::Switch}, {"exclude", FlagKind::List}}};

std::string flags_of(const std::string& text) {
    const auto flags = parse_flags(only(text), kRules);
    if (!flags) return format_place(*flags.error().place) + " " + flags.error().message;
    std::string out;
    for (const std::string& name : flags->names())
        for (const std::string& value : flags->list(name)) out += name + "=" + value + ";";
    return out;
}

}  // namespace

TEST_CASE("keyword, flags and rest") {
    const Statement statement = only("copy\t--from=a\\ b --x=\"c d\"  --  --e f ");
    CHECK(statement.keyword == "copy");
    CHECK(statement.kind == Keyword::Copy);
    REQUIRE(statement.flags.size() == 2);
    CHECK(statement.flags[0].text == "--from=a b");
    CHECK(statement.flags[1].text == "--x=c d");
    CHECK(format_place(statement.place_of(statement.flags[1])) == "Dockerfile:1:18");
    CHECK(statement.rest == "--e f");
    CHECK(statement.arguments == Words{"--e", "f"});
    CHECK(only("RUN - --x").flags.empty());
    CHECK(only("FOO").kind == std::nullopt);
}

TEST_CASE("arguments by keyword") {
    CHECK(only("FROM a  AS\tb").arguments == Words{"a", "AS", "b"});
    CHECK(only("RUN  a  'b' ").arguments == Words{"a  'b'"});
    CHECK(only("RUN [\"a\", \"b c\"]").arguments == Words{"a", "b c"});
    CHECK(only("RUN [\"a\", \"b c\"]").form == ArgumentForm::Json);
    CHECK(only("RUN ['a']").arguments == Words{"['a']"});
    CHECK(only("RUN [ -f /x ] && [\"y\"]").form == ArgumentForm::Plain);
    CHECK(only("CMD []").arguments.empty());
    CHECK(only("CMD []").form == ArgumentForm::Json);
    CHECK(only("VOLUME /a /b").arguments == Words{"/a", "/b"});
    CHECK(only("ARG a b='c d'").arguments == Words{"a", "b='c d'"});
    CHECK(only("WORKDIR /a b").arguments == Words{"/a b"});
    CHECK(only("HEALTHCHECK CMD [\"a\"]").arguments == Words{"CMD", "a"});
    CHECK(only("HEALTHCHECK cmd a b").arguments == Words{"cmd", "a b"});
    CHECK(only("USER").arguments.empty());
}

TEST_CASE("pairs") {
    const Statement modern = only("ENV a=1 b='2 3' c=");
    REQUIRE(modern.pairs.size() == 3);
    CHECK(modern.pair_form == PairForm::Equals);
    CHECK(modern.pairs[1].value == "'2 3'");
    CHECK(modern.pairs[2].value.empty());
    const Statement legacy = only("LABEL a  b=c \"d\"");
    REQUIRE(legacy.pairs.size() == 1);
    CHECK(legacy.pair_form == PairForm::Legacy);
    CHECK(legacy.pairs[0].name == "a");
    CHECK(legacy.pairs[0].value == "b=c \"d\"");
    CHECK(only_error("ENV a=1 b") ==
          "Dockerfile:1:9: error: \"b\" is no name=value\n"
          ">    1 | ENV a=1 b\n"
          "       |         ^\n"
          "  hint: a value with blanks must be in quotes\n");
}

TEST_CASE("an array of other things than strings is an error, not shell form") {
    CHECK(only_error("CMD [\"a\", 1]") ==
          "Dockerfile:1:11: error: a JSON array must have strings only\n"
          ">    1 | CMD [\"a\", 1]\n"
          "       |           ^\n"
          "  hint: put each element in double quotes\n");
}

TEST_CASE("flags by declaration") {
    CHECK(flags_of("COPY --from=a --link --exclude=x --exclude=y a b") == "exclude=x;exclude=y;from=a;link=true;");
    CHECK(flags_of("COPY --link=FALSE --from= a b") == "from=;link=false;");
    CHECK(flags_of("COPY --form=a b c") == "Dockerfile:1:6 unknown flag: --form");
    CHECK(flags_of("COPY --link --from a b") == "Dockerfile:1:13 missing a value on flag: --from");
    CHECK(flags_of("COPY --link= a b") == "Dockerfile:1:6 missing a value on flag: --link");
    CHECK(flags_of("COPY --link=1 a b") == "Dockerfile:1:6 flag --link is true or false, not \"1\"");
    CHECK(flags_of("COPY --link --link a b") == "Dockerfile:1:13 duplicate flag: --link is given twice");
    const auto unknown = parse_flags(only("COPY --form=a b c"), kRules);
    CHECK(unknown.error().hint == "did you mean \"from\"?");
}

TEST_CASE("heredocs of RUN, COPY, ADD and of their triggers") {
    CHECK(only("RUN <<A cat\nx\nA\n").heredocs.at(0).content == "x\n");
    const Statement copy = only("COPY <<A << 'B b' $x \"c d\" /to\n1\nA\n2\nB b");
    REQUIRE(copy.heredocs.size() == 2);
    CHECK(copy.heredocs[1].name == "B b");
    CHECK(copy.heredocs[1].content == "2\n");
    CHECK(copy.arguments == Words{"<<A", "<< 'B b'", "$x", "\"c d\"", "/to"});
    CHECK(only("ONBUILD RUN <<A\nx\nA").trigger.at(0).heredocs.size() == 1);
}

TEST_CASE("heredocs elsewhere are instructions of their own") {
    CHECK(read("CMD <<A\nRUN x").list.size() == 2);
    CHECK(read("RUN [\"<<A\"]\nRUN x").list.size() == 2);
}

TEST_CASE("a heredoc that never ends") {
    CHECK(only_error("FROM a\nRUN <<A\nx\n A\n") ==
          "Dockerfile:2:1: error: unterminated heredoc: no line is \"A\" alone\n"
          "     1 | FROM a\n"
          ">    2 | RUN <<A\n"
          "       | ^^^\n"
          ">    3 | x\n"
          ">    4 |  A\n"
          "  hint: <<- allows tabs before the closing line, << does not\n");
}

TEST_CASE("reading goes on behind a mistake") {
    const Statements statements = read("FROM a\nENV x\nCMD [1]\nRUN y");
    CHECK(statements.errors.size() == 2);
    CHECK(statements.list.size() == 2);
}

TEST_CASE("no text") {
    CHECK(only_error("# nothing\n") == "Dockerfile: error: file with no instructions\n");
    CHECK(only_error(std::string("FROM a\n\0\n", 9)) ==
          "Dockerfile:2: error: a NUL byte stands here: this is no text in UTF-8\n     1 | FROM a\n>    2 | ?\n");
    CHECK(only_error(std::string(kMaxDockerfileBytes + 1, '\n')) ==
          "Dockerfile: error: the Dockerfile has 16777217 bytes, at most 16777216 are read\n");
}

TEST_CASE("blank lines in a continuation are a warning at the last line") {
    const Statements statements = read("FROM a\nRUN b \\\n\n c\n");
    REQUIRE(statements.warnings.size() == 1);
    CHECK(statements.warnings[0].message == "Empty continuation line found in: RUN b  c");
    CHECK(statements.warnings[0].place.line == 4);
}
