#include "compiler/dockerfile/array_text.h"
#include "compiler/dockerfile/parser.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

// What follows the break in the text, and what is expected there; "array" if it is one.
std::string break_of(const std::string& text) {
    const auto found = find_array_break(text);
    return found ? text.substr(found->offset) + " | " + found->expected : "array";
}

// The place and message of each warning of a Dockerfile.
std::vector<std::string> warnings_of(const std::string& text) {
    const auto read = read_dockerfile(std::make_shared<SourceText>("Dockerfile", text));
    std::vector<std::string> out;
    for (const ParseWarning& warning : read.dockerfile.warnings) out.push_back(format_place(warning.place) + " " + warning.message);
    return out;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("arrays of strings") {
    for (const char* text : {"[]", "[ ]", R"(["a"])", R"( ["a"])" + 1, R"([ "a" , "b\n\u00e9\"" ] )", R"(["ä"])"})
        CHECK(break_of(text) == "array");
}

TEST_CASE("the byte where an array breaks, and what belongs there") {
    CHECK(break_of("['a']") == "'a'] | JSON knows plain double quotes (\") alone");
    CHECK(break_of("[\u201ca\u201d]") == "\u201ca\u201d] | JSON knows plain double quotes (\") alone");
    CHECK(break_of(R"([\"a\"])") == R"(\"a\"] | JSON knows plain double quotes (") alone)");
    CHECK(break_of("[a, b]") == "a, b] | a string in double quotes is expected");
    CHECK(break_of(R"(["a" "b"])") == R"("b"] | a comma is expected between two strings, or the closing ])");
    CHECK(break_of(R"(["a",])") == "] | a string must follow the comma, JSON has none behind the last one");
    CHECK(break_of(R"(["a")") == " | the closing ] is missing");
    CHECK(break_of(R"(["a",)") == " | the closing ] is missing");
    CHECK(break_of(R"(["a, "b"])") == R"(b"] | a comma is expected between two strings, or the closing ])");
    CHECK(break_of(R"(["a)") == R"("a | this string has no closing double quote)");
    CHECK(break_of(R"(["a"] && b)") == "&& b | nothing may follow the closing ]");
    CHECK(break_of(R"(["C:\dir"])") == R"(\dir"] | this is no escape of JSON: a backslash is written \\)");
    CHECK(break_of(R"(["\u12"])") == R"(\u12"] | this is no escape of JSON: a backslash is written \\)");
    CHECK(break_of("[\"a\tb\"]") == "\tb\"] | a control character in a string is written as an escape: \\t, \\n");
    CHECK(break_of("[1]") == "1] | a string in double quotes is expected");
}

TEST_CASE("a command of a shell that begins with a bracket is no array") {
    for (const char* text :
         {"[ -f /x ] && y", "[[ -f /x ]] && y", "[ \"$A\" = b ] || c", "[ 'a' ]", "[ ! -e x ]", "[ -z $x ]", "[ a = b ]", "[ $a ]"})
        CHECK_FALSE(means_array(text, Otherwise::Command));
    for (const char* text : {"['a']", "[\"a\" \"b\"]", "[ 'a', 'b' ]", "[node, app.js]", "[/bin/x]", "[\u201ca\u201d]"})
        CHECK(means_array(text, Otherwise::Command));
}

TEST_CASE("a pattern of file names is no array") {
    for (const char* text : {"[ab]* /d/", "[a-z].txt /d/", "[[]x /d/", "[a, b]"}) CHECK_FALSE(means_array(text, Otherwise::Pattern));
    for (const char* text : {"['a', '/d/']", "[ \"a\" , /d/ ]"}) CHECK(means_array(text, Otherwise::Pattern));
    CHECK(means_array("[/data]", Otherwise::Nothing));
}

TEST_CASE("warnings are at the byte, in each instruction that takes an array, and in triggers") {
    CHECK(warnings_of("FROM a\nCMD [\"x\", 'y']\n") ==
          Lines{"Dockerfile:2:11 CMD is given to a shell, since its array is no JSON: JSON knows plain double quotes (\") alone"});
    CHECK(warnings_of("FROM a\nENTRYPOINT [\"x\" \\\n  \"y\"]\n") ==
          Lines{"Dockerfile:3:3 ENTRYPOINT is given to a shell, since its array is no JSON: a comma is expected between two strings, or "
                "the closing ]"});
    CHECK(warnings_of("FROM a\nVOLUME [/data]\n") == Lines{"Dockerfile:2:9 VOLUME is read as plain words, brackets and quotes included, "
                                                           "since its array is no JSON: a string in double quotes is expected"});
    CHECK(warnings_of("FROM a\nCOPY --link ['a', '/b']\n").size() == 1);
    CHECK(warnings_of("FROM a\nHEALTHCHECK --retries=3 CMD ['a']\n").size() == 1);
    CHECK(warnings_of("FROM a\nONBUILD RUN ['a']\n") ==
          Lines{"Dockerfile:2:14 RUN is given to a shell, since its array is no JSON: JSON knows plain double quotes (\") alone"});
    CHECK(warnings_of("FROM a\nRUN [ -f x ] || true\nCMD [\"a\"]\nRUN [\"a\", \"b\"]\nENV a=[\"x\nLABEL b=['c']\nCOPY [ab] /\n").empty());
}

TEST_CASE("here-documents with CR LF are told, those of a file with LF are not") {
    CHECK(warnings_of("FROM a\r\nRUN <<EOF\r\nx\r\nEOF\r\n") ==
          Lines{"Dockerfile:2:7 The lines of the here-document \"EOF\" end with CR LF: a shell takes the CR for a part of each command; "
                "save the file with LF alone"});
    CHECK(warnings_of("FROM a\r\nCOPY <<EOF /x\r\nx\r\nEOF\r\n").size() == 1);
    CHECK(warnings_of("FROM a\nRUN <<EOF\nx\nEOF\n").empty());
    CHECK(warnings_of("FROM a\r\nRUN x\r\n").empty());
}
