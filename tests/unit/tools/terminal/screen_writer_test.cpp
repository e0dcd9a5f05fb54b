#include "tools/terminal/screen_writer.h"

#include "tests/support/fake_terminal.h"

#include <doctest/doctest.h>

using namespace mabplan::tools;
using mabplan::tests::FakeTerminal;

namespace {

using Lines = std::vector<std::string>;
constexpr ScreenSize kSize{20, 6};

}  // namespace

TEST_CASE("the region takes its own place, and what is above it stays") {
    FakeTerminal terminal(20, 6);
    ScreenWriter writer;
    terminal.write("$ mabplan\r\n");
    terminal.write(writer.update({}, {"running", "more"}, kSize));
    CHECK(terminal.history() == Lines{"$ mabplan", "running", "more"});
    terminal.write(writer.update({"first done"}, {"running"}, kSize));
    CHECK(terminal.history() == Lines{"$ mabplan", "first done", "running"});
    for (int i = 0; i < 10; ++i) terminal.write(writer.update({"done " + std::to_string(i)}, {"a", "b", "c"}, kSize));
    terminal.write(writer.update({}, {"a", "changed", "c"}, kSize));
    CHECK(terminal.history() == Lines{"$ mabplan", "first done", "done 0", "done 1", "done 2", "done 3", "done 4", "done 5", "done 6",
                                      "done 7", "done 8", "done 9", "a", "changed", "c"});
    terminal.write(writer.clear());
    CHECK(terminal.history().back() == "done 9");
    CHECK(terminal.column() == 0);
    CHECK(terminal.wraps());
    CHECK(terminal.strange().empty());
}

TEST_CASE("only lines that changed are sent") {
    ScreenWriter writer;
    CHECK(writer.update({}, {}, kSize).empty());
    writer.update({}, {"one", "two", "three"}, kSize);
    CHECK(writer.update({}, {"one", "two", "three"}, kSize).empty());
    const std::string sent = writer.update({}, {"one", "TWO", "three"}, kSize);
    CHECK(sent.find("TWO") != std::string::npos);
    CHECK(sent.find("one") == std::string::npos);
    CHECK(sent.find("three") == std::string::npos);
}

TEST_CASE("lines above may be wider than the screen, those of the region never wrap") {
    FakeTerminal terminal(10, 6);
    ScreenWriter writer;
    terminal.write(writer.update({"0123456789abc"}, {"0123456789abc", "x"}, {10, 6}));
    terminal.write(writer.update({"next"}, {"y"}, {10, 6}));
    CHECK(terminal.history() == Lines{"0123456789", "abc", "next", "y"});
}

TEST_CASE("somebody else's text stands above the region") {
    FakeTerminal terminal(20, 6);
    ScreenWriter writer;
    terminal.write(writer.print_above("before\n"));
    terminal.write("\r");
    terminal.write(writer.update({}, {"running"}, kSize));
    terminal.write(writer.print_above("warning: one\n  two\n"));
    CHECK(terminal.history() == Lines{"before", "warning: one", "  two", "running"});
    terminal.write(writer.clear());
    CHECK(terminal.history() == Lines{"before", "warning: one", "  two"});
}

TEST_CASE("a screen of another size is drawn anew") {
    ScreenWriter cuts, breaks(Shrinking::BreaksLines);
    for (ScreenWriter* writer : {&cuts, &breaks}) writer->update({}, {"0123456789abcdef", "x"}, kSize);
    CHECK(cuts.update({}, {"0123", "x"}, {10, 6}).starts_with("\r\x1b[2A\x1b[J"));
    CHECK(breaks.update({}, {"0123", "x"}, {10, 6}).starts_with("\r\x1b[3A\x1b[J"));
    CHECK(breaks.update({}, {"0123", "x"}, {40, 6}).starts_with("\r\x1b[2A\x1b[J"));
}

TEST_CASE("after somebody else wrote, the region begins where the cursor stands") {
    FakeTerminal terminal(20, 6);
    ScreenWriter writer;
    terminal.write(writer.update({}, {"running"}, kSize));
    terminal.write("[1]+ Stopped\r\n$ fg\r\n");
    writer.forget();
    terminal.write(writer.update({"done"}, {"running"}, kSize));
    CHECK(terminal.history() == Lines{"running", "[1]+ Stopped", "$ fg", "done", "running"});
}
