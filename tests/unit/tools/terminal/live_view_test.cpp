#include "tools/terminal/live_view.h"

#include "tests/support/fake_terminal.h"
#include "tests/support/terminal_project.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tools;
using namespace mabplan::runtime;
using mabplan::tests::FakeScreen;
using mabplan::tests::TerminalProject;

TEST_CASE("what is done scrolls up and stays, what runs is below, and nothing of it is left at the end") {
    const TerminalProject project;
    FakeScreen screen(80, 10);
    LiveView view(project.plan, screen, {});
    view.see({0, RunBegan{5, 1, 4, {}}});
    view.see({0, Finished{project.amd_install, HowDone::CachedDefinition}});
    view.see({1, Started{project.make}});
    view.see({1.01, Said{project.make, "compiling\n"}});
    view.tick(2);
    CHECK(screen.terminal.text() ==
          "[linux/amd64 app 2/3] RUN install cached\n"
          "2.0s 1/5 done, 1 cached\n"
          "[linux/amd64->arm64 builder 2/3] RUN make                           native 1.0s\n"
          "  | compiling\n");
    view.tick(3.5);
    CHECK(screen.terminal.text().find("native 2.5s\n  | compiling\n") != std::string::npos);
    view.see({4, Warned{"beware"}});
    view.see({4, Warned{"beware"}});
    view.see({4, Noted{project.make, "waits"}});
    view.see({4, Detail{project.make, "not said"}});
    view.see({5, Finished{project.make, HowDone::Native, {}, 4}});
    Failed failed{project.arm_install, {ErrorKind::Step, "the command exited with 7"}, 2.5};
    view.see({6, failed});
    view.see({6, Transfer{1, "base", 0, 10, TransferState::Going}});
    view.see({8, Transfer{1, "base", 10, 10, TransferState::Done}});
    view.see({9, Exporting{"default", "out"}});
    view.see({9, Exported{"default", "out", {}}});
    view.see({9, RunEnded{RunEnd::Failed}});
    CHECK(screen.terminal.text() ==
          "[linux/amd64 app 2/3] RUN install cached\n"
          "warning: beware\n"
          "[linux/amd64->arm64 builder 2/3] RUN make waits\n"
          "[linux/amd64->arm64 builder 2/3] RUN make native 4.00s\n"
          "[linux/arm64 app 2/3] RUN install FAILED 2.50s\n"
          "base: 10 B, 2.0s\n"
          "wrote out\n");
    CHECK(screen.terminal.strange().empty());
    CHECK(screen.terminal.column() == 0);
}

TEST_CASE("what a command prints cannot leave its lines") {
    const TerminalProject project;
    FakeScreen screen(80, 10);
    LiveView view(project.plan, screen, {Colours::Yes, Details::Hidden, 1});
    view.see({0, RunBegan{5, 0, 5, {}}});
    view.see({1, Started{project.make}});
    view.see({2, Said{project.make, "a\x1b]0;title\x07\x1b[2J\x1b[H\x1b[?1049h\x1b[5A\x1b[31mred\nb\n50%\r100%"}});
    view.tick(3);
    CHECK(screen.terminal.text() ==
          "3.0s 0/5 done\n"
          "[linux/amd64->arm64 builder 2/3] RUN make                           native 2.0s\n"
          "  | ared\n"
          "  | b\n"
          "  | 100%\n");
    CHECK(screen.terminal.strange().empty());
}

TEST_CASE("events that come close together are drawn together") {
    const TerminalProject project;
    FakeScreen screen(80, 10);
    LiveView view(project.plan, screen, {});
    view.see({0, RunBegan{5, 0, 5, {}}});
    for (int i = 0; i < 1000; ++i) view.see({0.00001 * i, Noted{project.make, std::to_string(i)}});
    view.tick(0.2);
    CHECK(screen.writes <= 3);
    CHECK(screen.terminal.history().size() == 1000);
}

TEST_CASE("the estimate counts down") {
    const TerminalProject project;
    FakeScreen screen(80, 10);
    PastSeconds past(project.plan.actions.size());
    past[project.make.index] = 30;
    LiveView view(project.plan, screen, {Colours::No, Details::Hidden, 2});
    view.know_past(past);
    view.see({0, RunBegan{5, 0, 5, {}}});
    view.see({1, Started{project.make}});
    view.tick(11);
    CHECK(screen.terminal.text().starts_with("11.0s 0/5 done, at least 20 s left\n"));
}
