#include "runtime/step/log_tail.h"

#include <doctest/doctest.h>

using namespace mabplan::runtime;

TEST_CASE("the last lines are kept, each ended, however they come") {
    LogTail tail(2);
    for (const char* piece : {"on", "e\ntwo\nth", "ree\n", "fo", "ur"}) tail.add(piece);
    CHECK(tail.text() == "three\nfour\n");
    CHECK(LogTail().text() == "");
}

TEST_CASE("control codes are gone from a kept log, and a bar is its last state") {
    LogTail tail;
    tail.add("\x1b]0;title\x07\x1b[2J\x1b[31mred\x1b[0m\n10%\r100%\n");
    CHECK(tail.text() == "\x1b[0;31mred\x1b[0m\n100%\n");
}

TEST_CASE("a line that is too wide is cut, and says so") {
    LogTail tail(40, 10);
    tail.add("0123456789\n0123456789a\n");
    CHECK(tail.text() == "0123456789\n0123456...\n");
}

TEST_CASE("of very much the end is kept, from the beginning of a line on") {
    LogTail tail(3, 2000, 100);
    for (int i = 0; i < 10000; ++i) tail.add("line " + std::to_string(i) + " \x1b[31mcoloured\x1b[0m\n");
    CHECK(tail.text() == "line 9997 \x1b[0;31mcoloured\x1b[0m\nline 9998 \x1b[0;31mcoloured\x1b[0m\nline 9999 \x1b[0;31mcoloured\x1b[0m\n");
    LogTail bar(3, 2000, 100);
    for (int i = 0; i <= 10000; ++i) bar.add("\r" + std::to_string(i));
    CHECK(bar.text() == "10000\n");
    LogTail endless(3, 2000, 100);
    endless.add(std::string(1000, 'x'));
    CHECK(endless.text() == std::string(100, 'x') + "\n");
}
