#include "tools/terminal/step_names.h"

#include "tests/support/terminal_project.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tools;
using mabplan::tests::TerminalProject;

TEST_CASE("steps are named by platform, stage and place in it") {
    const TerminalProject project;
    const auto names = name_steps(project.plan);
    CHECK(names[project.make.index].title() == "[linux/amd64->arm64 builder 2/3] RUN make");
    CHECK(names[project.arm_install.index].title() == "[linux/arm64 app 2/3] RUN install");
    CHECK(names[project.arm_copy.index].title() == "[linux/arm64 app 3/3] COPY --from=builder /out /out");
    CHECK(names[project.amd_install.index].title() == "[linux/amd64 app 2/3] RUN install");
    CHECK(names[project.builder.index].title() == "[linux/amd64->arm64 builder 1/3] FROM gcc AS builder");
}

TEST_CASE("a stage that several images need has its own platform alone, one without a platform those of its images") {
    TerminalProject project;
    const ActionId files = project.add(CopyAction{}, 1, "files", "COPY a b");
    CopyAction copy;
    copy.root = project.amd_install;
    copy.parts = {{RootFiles{project.make}, {"/out"}, false}, {RootFiles{files}, {"/a"}, false}};
    project.plan.targets[0].cells[1].root = project.add(copy, 6, "app", "COPY --from=builder /out /out");
    std::get<CopyAction>(project.plan.actions[project.arm_copy.index].work).parts.push_back({RootFiles{files}, {"/a"}, false});
    const auto names = name_steps(project.plan);
    CHECK(names[project.make.index].platform == "linux/amd64");
    CHECK(names[files.index].label() == "[linux/arm64,amd64 files 2/2]");
    for (const char* machine : {"s390x", "ppc64le"})
        project.plan.targets[0].cells.push_back(TerminalProject::cell({"linux", machine, {}, {}, {}}, files));
    CHECK(name_steps(project.plan)[files.index].label() == "[4 platforms files 2/2]");
}

TEST_CASE("of several targets the one that needs the step is named") {
    TerminalProject project;
    Target other;
    other.name = "other";
    other.cells = {TerminalProject::cell(tests::kAmd, project.amd_install, "other"),
                   TerminalProject::cell(tests::kArm, project.make, "other")};
    project.plan.targets.push_back(other);
    const auto names = name_steps(project.plan);
    CHECK(names[project.arm_copy.index].label() == "[linux/arm64 default/app 3/3]");
    CHECK(names[project.amd_install.index].label() == "[linux/amd64 app 2/3]");
}

TEST_CASE("instructions are one line, shortened, and without control codes") {
    TerminalProject project;
    project.plan.actions[project.make.index].origin.text = "RUN \x1b]0;title\x07" + std::string(200, 'x') + "\nmore";
    const std::string title = name_steps(project.plan)[project.make.index].title();
    CHECK(title == "[linux/amd64->arm64 builder 2/3] RUN " + std::string(93, 'x') + "...");
}
