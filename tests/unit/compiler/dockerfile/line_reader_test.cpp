#include "compiler/dockerfile/line_reader.h"

#include "plans/base/text.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

SourceTextPtr source(std::string text) { return std::make_shared<SourceText>("Dockerfile", std::move(text)); }

std::vector<LogicalLine> read_all(const SourceTextPtr& text) {
    LineReader reader(text);
    std::vector<LogicalLine> lines;
    while (true) {
        auto line = reader.next();
        REQUIRE_MESSAGE(line.has_value(), line.error().message);
        if (!*line) return lines;
        lines.push_back(**std::move(line));
    }
}

std::vector<std::string> texts(const std::string& text) {
    std::vector<std::string> found;
    for (const LogicalLine& line : read_all(source(text))) found.push_back(line.text);
    return found;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("lines end at a line feed, carriage returns before it are dropped") {
    CHECK(texts("FROM a\r\nRUN b\n\nRUN c") == Texts{"FROM a", "RUN b", "RUN c"});
    CHECK(texts("").empty());
    CHECK(texts("\n \n\t\n").empty());
}

TEST_CASE("an escape character at the end joins lines and adds nothing") {
    CHECK(texts("RUN a\\\nb") == Texts{"RUN ab"});
    CHECK(texts("RUN a \\  \t\n  b \\\r\n c") == Texts{"RUN a   b  c"});
    CHECK(texts("  RUN a \\\n") == Texts{"RUN a "});
    CHECK(texts("RUN a\\\\\nRUN b") == Texts{"RUN a\\\\", "RUN b"});
    CHECK(texts("RUN a`\nRUN b") == Texts{"RUN a`", "RUN b"});
}

TEST_CASE("the directive escape changes the character") {
    CHECK(texts("# escape=`\nRUN a`\nb\nRUN c\\\nRUN d") == Texts{"RUN ab", "RUN c\\", "RUN d"});
    LineReader reader(source("#Escape = \\ \nFROM a"));
    REQUIRE(reader.next().has_value());
    CHECK(reader.escape() == '\\');
    REQUIRE(reader.directives().size() == 1);
    CHECK(reader.directives()[0].name == "escape");
}

TEST_CASE("a wrong or repeated directive is an error at its line") {
    LineReader wrong(source("# escape=x\nFROM a"));
    const auto first = wrong.next();
    REQUIRE(!first.has_value());
    CHECK(format_error(first.error()) ==
          "Dockerfile:1: error: the escape character can be \\ or `, not \"x\"\n"
          ">    1 | # escape=x\n"
          "     2 | FROM a\n");
    LineReader repeated(source("# escape=`\n# escape=`\nFROM a"));
    const auto second = repeated.next();
    REQUIRE(!second.has_value());
    CHECK(second.error().message == "the parser directive \"escape\" stands here a second time, it was given on line 1");
    CHECK(second.error().place->line == 2);
    const auto next = repeated.next();
    REQUIRE((next.has_value() && next->has_value()));
    CHECK((*next)->text == "FROM a");
}

TEST_CASE("comments and blank lines inside a continuation are dropped, blank ones are noted") {
    const auto lines = read_all(source("RUN a \\\n# no\n  # no\n b\nRUN c \\\n\n d"));
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].text == "RUN a  b");
    CHECK(!lines[0].has_blank_line);
    CHECK(lines[1].text == "RUN c  d");
    CHECK(lines[1].has_blank_line);
    CHECK(lines[1].first_line == 5);
    CHECK(lines[1].last_line == 7);
}

TEST_CASE("comments above belong to the next instruction, an empty one ends a block") {
    const auto lines = read_all(source("# first\n#\n  #  second \n\n# third\nFROM a\nRUN b"));
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].comments == Texts{"second", "third"});
    CHECK(lines[1].comments.empty());
}

TEST_CASE("directives are no comments") {
    const auto lines = read_all(source("# syntax=x/y\n# check=skip=all\n# base\nFROM a"));
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].comments == Texts{"base"});
}

TEST_CASE("every byte of a logical line knows its place") {
    const SourceTextPtr text = source("\xef\xbb\xbf  RUN one \\\n\n\ttwo \\\nthree");
    const auto lines = read_all(text);
    REQUIRE(lines.size() == 1);
    const LogicalLine& line = lines[0];
    const auto place_of = [&](std::string_view word) { return line.place(text, line.text.find(word), word.size()); };
    CHECK(format_place(place_of("RUN")) == "Dockerfile:1:6");
    CHECK(format_place(place_of("one")) == "Dockerfile:1:10");
    CHECK(format_place(place_of("two")) == "Dockerfile:3:2");
    CHECK(format_place(place_of("three")) == "Dockerfile:4:1");
    CHECK(place_of("three").width == 5);
    CHECK(place_of("two three").width == 4);  // cut at the end of its line
    const LogicalLine part = line.from(line.text.find("wo"));
    CHECK(part.text == "wo three");
    CHECK(format_place(part.place(text, 0, 2)) == "Dockerfile:3:3");
    CHECK(format_place(part.place(text, 3, 2)) == "Dockerfile:4:1");
}

TEST_CASE("a line may have 65535 bytes") {
    const std::string longest = "RUN " + std::string(kMaxLineBytes - 4, 'x');
    CHECK(texts(longest + "\nRUN b").size() == 2);
    LineReader reader(source(longest + "x\\\nrest\nRUN b"));
    const auto line = reader.next();
    REQUIRE(!line.has_value());
    CHECK(line.error().message == "dockerfile line greater than max allowed size of 65535");
    CHECK(line.error().place->line == 1);
    const auto next = reader.next();
    REQUIRE((next.has_value() && next->has_value()));
    CHECK((*next)->text == "RUN b");
}

TEST_CASE("heredoc bodies keep their bytes") {
    LineReader reader(source("RUN <<A\n\tone\r\n# two\\\n\tA\nA\nRUN b"));
    REQUIRE(reader.next().has_value());
    const auto plain = reader.heredoc_body("A", false);
    REQUIRE((plain.has_value() && plain->has_value()));
    CHECK(**plain == "\tone\r\n# two\\\n\tA\n");
    CHECK(reader.line_number() == 5);
    LineReader stripping(source("RUN <<-A\n\tone\n\t\tA\nRUN b"));
    REQUIRE(stripping.next().has_value());
    CHECK(stripping.heredoc_body("A", true).value().value() == "\tone\n");
    CHECK(stripping.heredoc_body("A", true).value() == std::nullopt);
}

TEST_CASE("a piece is found where it is a word of its own, else where it is part of one") {
    const LogicalLine line = read_all(source("COPY --from=ab abc \\\n b [\"c\",\"d\"]"))[0];
    CHECK(line.find("b", 0) == line.text.find(" b ") + 1);
    CHECK(line.find("ab", 0) == line.text.find("ab"));
    CHECK(line.find("abc", 0) == line.text.find("abc"));
    CHECK(line.find("d", 0) == line.text.find("\"d\"") + 1);
    CHECK(line.find("bc", 0) == line.text.find("bc"));
    CHECK(line.find("b", line.text.find("[")) == std::string::npos);
    CHECK(line.find("", 0) == std::string::npos);
}
