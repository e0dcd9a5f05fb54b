#include "tools/terminal/failure_report.h"

#include "tests/support/terminal_project.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tools;
using namespace mabplan::runtime;
using mabplan::tests::TerminalProject;

namespace {

Failed failure(ActionId id, std::string log, const std::string& platform, std::size_t line = 5) {
    const auto text = std::make_shared<SourceText>("Dockerfile", "FROM gcc\nRUN make\nRUN make check\nFROM base\nRUN install\nCOPY a b\n");
    Error error{ErrorKind::Step, "the command exited with 7", SourcePlace{text, line, 0, 1, line}};
    error.context = {"running Dockerfile:5 RUN install on " + platform};
    error.detail = std::move(log);
    return {id, std::move(error), 1};
}

}  // namespace

TEST_CASE("log, excerpt, cause: what is most to the point stands lowest") {
    const TerminalProject project;
    const auto names = name_steps(project.plan);
    CHECK(report_failures({failure(project.arm_install, "one\ntwo\n", "linux/arm64")}, names, Colours::No) ==
          "the end of what app 2/3 said on linux/arm64:\n"
          "one\n"
          "two\n"
          "     3 | RUN make check\n"
          "     4 | FROM base\n"
          ">    5 | RUN install\n"
          "     6 | COPY a b\n"
          "Dockerfile:5: error: the command exited with 7\n"
          "  while running Dockerfile:5 RUN install on linux/arm64\n");
    CHECK(report_failures({}, names, Colours::No) == "");
}

TEST_CASE("the same failure of two platforms is told once and names both") {
    const TerminalProject project;
    const auto names = name_steps(project.plan);
    const std::string text = report_failures({failure(project.arm_install, "arm64: broken after 3 s\n", "linux/arm64"),
                                              failure(project.amd_install, "amd64: broken after 12 s\n", "linux/amd64")},
                                             names, Colours::No);
    CHECK(text ==
          "the end of what app 2/3 said on linux/arm64 and linux/amd64:\n"
          "arm64: broken after 3 s\n"
          "     3 | RUN make check\n"
          "     4 | FROM base\n"
          ">    5 | RUN install\n"
          "     6 | COPY a b\n"
          "Dockerfile:5: error: the command exited with 7\n"
          "  while running RUN install on linux/arm64 and linux/amd64\n");
}

TEST_CASE("two logs that say different things are both shown, above one cause") {
    const TerminalProject project;
    const auto names = name_steps(project.plan);
    const std::string text = report_failures(
        {failure(project.arm_install, "no header\n", "linux/arm64"), failure(project.amd_install, "no disk\n", "linux/amd64")}, names,
        Colours::No);
    CHECK(text.starts_with(
        "the end of what app 2/3 said on linux/arm64:\nno header\nthe end of what app 2/3 said on linux/amd64:\nno disk\n"));
    CHECK(text.find("exited with 7") == text.rfind("exited with 7"));
}

TEST_CASE("different failures are told one by one, those that may be come first") {
    const TerminalProject project;
    const auto names = name_steps(project.plan);
    Failed optional = failure(project.arm_install, "", "linux/arm64");
    optional.required = false;
    const std::string text = report_failures({failure(project.make, "", "linux/amd64", 2), optional}, names, Colours::No);
    CHECK(text.find("Dockerfile:5: error") < text.find("Dockerfile:2: error"));
}

TEST_CASE("colours of a log pass where there are colours") {
    const TerminalProject project;
    const auto names = name_steps(project.plan);
    const Failed failed = failure(project.make, "\x1b[0;31mred\x1b[0m\n", "linux/amd64", 2);
    CHECK(report_failures({failed}, names, Colours::Yes).find("\n\x1b[0;31mred\x1b[0m\n") != std::string::npos);
    CHECK(report_failures({failed}, names, Colours::No).find('\x1b') == std::string::npos);
}
