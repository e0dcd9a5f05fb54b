#include "runtime/log/output_lines.h"

#include <doctest/doctest.h>

using namespace mabplan::runtime;

namespace {

using Lines = std::vector<std::string>;

Lines lines_of(std::string_view bytes, std::size_t piece = std::string_view::npos) {
    OutputLines output;
    Lines lines;
    for (std::size_t at = 0; at < bytes.size(); at += std::min(piece, bytes.size()))
        for (std::string& line : output.add(bytes.substr(at, piece))) lines.push_back(std::move(line));
    for (std::string& line : output.finish()) lines.push_back(std::move(line));
    return lines;
}

// The same in every cut.
std::string line_of(std::string_view bytes) {
    const Lines whole = lines_of(bytes);
    for (std::size_t piece = 1; piece < bytes.size(); ++piece) CHECK(lines_of(bytes, piece) == whole);
    REQUIRE(whole.size() <= 1);
    return whole.empty() ? "" : whole.front();
}

}  // namespace

TEST_CASE("lines come when they end, the rest when all ends") {
    OutputLines output;
    CHECK(output.add("one\ntw") == Lines{"one"});
    CHECK(output.current() == "tw");
    CHECK(output.add("o\r\n\nthr") == Lines{"two", ""});
    CHECK(output.add("ee") == Lines{});
    CHECK(output.finish() == Lines{"three"});
    CHECK(output.current() == "");
    CHECK(output.finish() == Lines{});
}

TEST_CASE("a bar that is drawn over is its last state") {
    CHECK(line_of("10%\r50%\r100%\n") == "100%");
    CHECK(line_of("50 of 100\r100 of 100\n") == "100 of 100");
    CHECK(line_of("downloading\r\x1b[Kdone\n") == "done");
    CHECK(line_of("downloading\r\x1b[2Kdone\n") == "done");
    CHECK(line_of("downloading\x1b[2K\x1b[1Gdone\n") == "done");
    CHECK(line_of("downloading\r\x1b[Jdone\n") == "done");
    CHECK(line_of("downloading\rdone       \n") == "done");
    CHECK(line_of("[#  ]\b\b\b#\b\b") == "[## ]");
    CHECK(line_of("[#  ]\x1b[3D#\x1b[C]") == "[## ]");
    CHECK(line_of("abcdef\x1b[3D\x1b[1Kx") == "   xef");
    CHECK(line_of("last\r") == "last");
}

TEST_CASE("colours pass, are written in one form, and end with the line") {
    CHECK(line_of("\x1b[31mred\x1b[m plain\n") == "\x1b[0;31mred\x1b[0m plain");
    CHECK(lines_of("\x1b[1;32mgreen\nstill\x1b[0m\nplain\n") == Lines{"\x1b[0;1;32mgreen\x1b[0m", "\x1b[0;1;32mstill\x1b[0m", "plain"});
    CHECK(line_of("\x1b[31mred\rR\n") == "\x1b[0;31mRed\x1b[0m");
    CHECK(line_of("\x1b[31m\x1b[0m\x1b[1m\x1b[m") == "");
    CHECK(line_of("\x1b[41m  \x1b[0m") == "\x1b[0;41m  \x1b[0m");
}

TEST_CASE("nothing else of a terminal's language comes through") {
    for (const char* hostile : {"\x1b]0;title\x07",
                                "\x1b]2;title\x1b\\",
                                "\x1b]8;;http://x\x1b\\",
                                "\x1b]52;c;eA==\x07",
                                "\x1b[2J",
                                "\x1b[3J",
                                "\x1b[H",
                                "\x1b[10;10H",
                                "\x1b[5A",
                                "\x1b[5B",
                                "\x1b[?1049h",
                                "\x1b[?1049l",
                                "\x1b[?25l",
                                "\x1b[6n",
                                "\x1b[c",
                                "\x1b[>c",
                                "\x1b[5;10r",
                                "\x1b[4h",
                                "\x1b[20t",
                                "\x1b[!p",
                                "\x1b[1 q",
                                "\x1b[s",
                                "\x1b[u",
                                "\x1b[5L",
                                "\x1b[5M",
                                "\x1b[5S",
                                "\x1b[5T",
                                "\x1b[5i",
                                "\x1b"
                                "c",
                                "\x1b"
                                "7",
                                "\x1b"
                                "8",
                                "\x1b"
                                "D",
                                "\x1b"
                                "E",
                                "\x1b"
                                "M",
                                "\x1b=",
                                "\x1b>",
                                "\x1b(0",
                                "\x1b#8",
                                "\x1b%G",
                                "\x1bPq#0\x1b\\",
                                "\x1bX!\x1b\\",
                                "\x1b^pm\x1b\\",
                                "\x1b_apc\x1b\\",
                                "\x1bPtmux;\x1b\x1b]0;title\x07\x1b\\",
                                "\xc2\x9b"
                                "2J",
                                "\xc2\x9d"
                                "0;title\xc2\x9c",
                                "\xc2\x90q\xc2\x9c",
                                "\xc2\x85",
                                "\xc2\x8d",
                                "\x07",
                                "\x0e",
                                "\x0f",
                                "\x05",
                                "\x7f",
                                "\x18",
                                "\x1a",
                                "\x1b\x1b\x1b[2J",
                                "\x1b[31\x18",
                                "\x1b[\x07"
                                "2J",
                                "\u202E",
                                "\u2066",
                                "\u2028"}) {
        CAPTURE(std::string(hostile + 1));
        CHECK(line_of("be" + std::string(hostile) + "fore\n") == "before");
    }
    CHECK(line_of(std::string("nu\0ll\n", 6)) == "null");
}

TEST_CASE("what ends nowhere takes no more than its line with it") {
    CHECK(lines_of("a\x1b]0;no end\nb\n") == Lines{"a", "b"});
    CHECK(lines_of("a\x1b[31\nb\n") == Lines{"a", "b"});
    CHECK(lines_of("a\x1b\nb\n") == Lines{"a", "b"});
    CHECK(lines_of("a\x1b[" + std::string(10000, '1') + "mb\n") == Lines{"ab"});
    CHECK(lines_of("a\x1b[31é\n") == Lines{"aé"});
    CHECK(lines_of("a\vb\fc\n") == Lines{"a", "b", "c"});
}

TEST_CASE("tabs are blanks up to the next eighth column") {
    CHECK(line_of("a\tb\n") == "a       b");
    CHECK(line_of("\tb\n") == "        b");
    CHECK(line_of("12345678\tb\n") == "12345678        b");
}

TEST_CASE("what is no UTF-8 is shown as such, and takes nothing with it") {
    const std::string bad = "\uFFFD";
    CHECK(line_of("a\xff"
                  "b") == "a" + bad + "b");
    CHECK(line_of("a\x9b"
                  "31mb") == "a" + bad + "31mb");
    CHECK(line_of("a\xe6\xbc") == "a" + bad);
    CHECK(line_of("a\xe6\xbc"
                  "b") == "a" + bad + "b");
    CHECK(line_of("a\xe6\xbc\n") == "a" + bad);
    CHECK(line_of("\xc0\x80") == bad + bad);
    CHECK(line_of("\xed\xa0\x80") == bad + bad + bad);
    CHECK(line_of("\xf4\x90\x80\x80") == bad + bad + bad + bad);
    CHECK(line_of("é漢🚀") == "é漢🚀");
}

TEST_CASE("wide characters take two columns, marks none") {
    CHECK(line_of("漢字\rab\n") == "ab字");
    CHECK(line_of("漢字\ra\n") == "a 字");
    CHECK(line_of("漢字\x1b[2Dx\n") == "漢x");
    CHECK(line_of("漢字\x1b[1Dx\n") == "漢 x");
    CHECK(line_of("ab\r漢\n") == "漢");
    CHECK(line_of("e\u0301e\rx\n") == "xe");
    CHECK(line_of("漢\u0301\n") == "漢\u0301");
    CHECK(line_of("\u0301"
                  "a\n") == "a");
}

TEST_CASE("lines and heaps of marks are bounded") {
    OutputLines output(10);
    CHECK(output.add("0123456789abcde\n") == Lines{"0123456789", "abcde"});
    CHECK(output.add("012345678漢\n") == Lines{"012345678", "漢"});
    CHECK(output.add("\x1b[99999999C\t\tx\n") == Lines{"", "x"});
    std::string heap = "e";
    for (int i = 0; i < 1000; ++i) heap += "\u0301";
    CHECK(line_of(heap).size() <= 32);
}
