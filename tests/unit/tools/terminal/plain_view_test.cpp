#include "tools/terminal/plain_view.h"

#include "tests/support/terminal_project.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tools;
using namespace mabplan::runtime;
using mabplan::tests::TerminalProject;

namespace {

struct Scene {
    TerminalProject project;
    std::string said;
    PlainView view;

    explicit Scene(PlainLook look = {})
        : view(
              project.plan, [this](std::string_view text) { said += text; }, look) {}
    std::string taken() { return std::exchange(said, {}); }
};

}  // namespace

TEST_CASE("a line when a step starts, its output with its platform, a line when it ends") {
    Scene scene;
    const TerminalProject& project = scene.project;
    scene.view.see({0, Finished{project.amd_install, HowDone::CachedDefinition}});
    scene.view.see({0, Started{project.make}});
    CHECK(scene.taken() == "[linux/amd64 app 2/3] RUN install cached\n[linux/amd64->arm64 builder 2/3] RUN make\n");
    scene.view.see({1, Said{project.make, "one\ntw"}});
    CHECK(scene.taken() == "  linux/amd64->arm64 builder 2/3 | one\n");
    scene.view.see({1, Said{project.make, "o"}});
    scene.view.see({2, Finished{project.make, HowDone::Native, {}, 2}});
    CHECK(scene.taken() == "  linux/amd64->arm64 builder 2/3 | two\n[linux/amd64->arm64 builder 2/3] RUN make native 2.00s\n");
}

TEST_CASE("the output of steps that run side by side stays together") {
    Scene scene;
    const TerminalProject& project = scene.project;
    scene.view.see({0, Started{project.make}});
    scene.view.see({0, Started{project.arm_install, true}});
    scene.taken();
    scene.view.see({1, Said{project.make, "m1\n"}});
    scene.view.see({1, Said{project.arm_install, "i1\n"}});
    scene.view.see({1, Said{project.make, "m2\n"}});
    CHECK(scene.taken() == "  linux/amd64->arm64 builder 2/3 | m1\n  linux/amd64->arm64 builder 2/3 | m2\n");
    scene.view.see({2, Finished{project.make, HowDone::Native, {}, 2}});
    CHECK(scene.taken() == "[linux/amd64->arm64 builder 2/3] RUN make native 2.00s\n  linux/arm64 app 2/3 | i1\n");
    scene.view.see({3, Said{project.arm_install, "i2\n"}});
    CHECK(scene.taken() == "  linux/arm64 app 2/3 | i2\n");
}

TEST_CASE("a step that ends before an older one is shown as one block") {
    Scene scene;
    const TerminalProject& project = scene.project;
    scene.view.see({0, Started{project.make}});
    scene.view.see({0, Started{project.arm_install, true}});
    scene.view.see({1, Said{project.arm_install, "i1\n"}});
    scene.view.see({1, Said{project.make, "m1\n"}});
    scene.view.see({1, Said{project.arm_install, "i2"}});
    scene.taken();
    scene.view.see({2, Failed{project.arm_install, {ErrorKind::Step, "exited"}, 1.5}});
    CHECK(scene.taken() == "  linux/arm64 app 2/3 | i1\n  linux/arm64 app 2/3 | i2\n[linux/arm64 app 2/3] RUN install FAILED 1.50s\n");
}

TEST_CASE("a step that is silent says that it is alive, less and less often") {
    Scene scene;
    const TerminalProject& project = scene.project;
    scene.view.see({0, Started{project.make}});
    scene.taken();
    std::vector<double> heard;
    for (int second = 1; second < 200; ++second) {
        scene.view.tick(second);
        if (!scene.taken().empty()) heard.push_back(second);
    }
    CHECK(heard == std::vector<double>{10, 30, 70, 130, 190});
    scene.view.see({200, Said{project.make, "a line\n50%"}});
    scene.taken();
    scene.view.tick(209);
    CHECK(scene.taken() == "");
    scene.view.tick(210);
    CHECK(scene.taken() == "[linux/amd64->arm64 builder 2/3] RUN make still running, 3m30s: 50%\n");
}

TEST_CASE("a step whose output is held says so") {
    Scene scene;
    const TerminalProject& project = scene.project;
    scene.view.see({0, Started{project.make}});
    scene.view.see({0, Started{project.arm_install}});
    scene.view.see({5, Said{project.arm_install, "one\ntwo\n"}});
    scene.view.see({5, Said{project.make, "mine\n"}});
    scene.taken();
    scene.view.tick(11);
    CHECK(scene.taken() == "[linux/arm64 app 2/3] RUN install still running, 11.0s, 2 lines held back until it ends\n");
}

TEST_CASE("nothing that is held vanishes without a word") {
    Scene scene({Colours::No, Details::Hidden, 10, 10, 1000});
    const TerminalProject& project = scene.project;
    scene.view.see({0, Started{project.make}});
    scene.view.see({0, Started{project.arm_install}});
    scene.view.see({1, Said{project.arm_install, "12345\n12345\n123\n456\n"}});
    scene.view.see({1, Unsaid{project.make, 5000}});
    scene.taken();
    scene.view.see({2, Finished{project.arm_install, HowDone::Native, {}, 1}});
    CHECK(scene.taken() ==
          "  linux/arm64 app 2/3 | 12345\n  linux/arm64 app 2/3 | 12345\n  linux/arm64 app 2/3 | (more than can be held back: 2 lines are "
          "left "
          "out)\n"
          "[linux/arm64 app 2/3] RUN install native 1.00s\n"
          "  linux/amd64->arm64 builder 2/3 | (5.00 kB of output are left out here)\n");
}

TEST_CASE("so much output that no log can hold it is cut off with a word, once, and counted at the end") {
    Scene scene({Colours::No, Details::Hidden, 10, 1U << 20U, 100});
    const TerminalProject& project = scene.project;
    scene.view.see({0, Started{project.make}});
    scene.taken();
    std::string lines;
    for (int i = 0; i < 100; ++i) lines += "0123456789\n";
    scene.view.see({1, Said{project.make, lines}});
    CHECK(scene.taken() ==
          "  linux/amd64->arm64 builder 2/3 | 0123456789\n  linux/amd64->arm64 builder 2/3 | 0123456789\n"
          "  linux/amd64->arm64 builder 2/3 | 0123456789\n  linux/amd64->arm64 builder 2/3 | (the steps print more than is shown here)\n");
    scene.view.see({2, Said{project.make, lines}});
    CHECK(scene.taken() == "");
    scene.view.see({3, RunEnded{}});
    CHECK(scene.taken() == "1.97 kB of output were not shown\n");
}

TEST_CASE("control codes and colours") {
    const std::string hostile = "a\x1b]0;title\x07\x1b[2J\x1b[31mred\x1b[0m\n50%\r100%\n";
    for (const Colours colours : {Colours::No, Colours::Yes}) {
        Scene scene({colours, Details::Hidden, 10, 1000, 1000});
        scene.view.see({0, Started{scene.project.make}});
        scene.taken();
        scene.view.see({1, Said{scene.project.make, hostile}});
        const std::string red = colours == Colours::Yes ? "a\x1b[0;31mred\x1b[0m" : "ared";
        CHECK(scene.taken() == "  linux/amd64->arm64 builder 2/3 | " + red + "\n  linux/amd64->arm64 builder 2/3 | 100%\n");
        scene.view.see({1, Noted{scene.project.make, "waits\x1b[2J"}});
        CHECK(scene.taken() == "[linux/amd64->arm64 builder 2/3] RUN make waits\n");
    }
}

TEST_CASE("warnings come once, details for who asks, transfers when they end") {
    Scene scene;
    const TerminalProject& project = scene.project;
    for (int i = 0; i < 2; ++i) scene.view.see({0, Warned{"beware"}});
    scene.view.see({0, runtime::Detail{project.make, "noise"}});
    scene.view.see({1, Transfer{1, "base sha256:01", 0, 2'000'000, TransferState::Going}});
    scene.view.see({3, Transfer{1, "base sha256:01", 2'000'000, 2'000'000, TransferState::Done}});
    scene.view.see({3, Exporting{"default", "out"}});
    CHECK(scene.taken() == "warning: beware\nbase sha256:01: 2.00 MB, 2.0s\nwriting out\n");
    Scene verbose({Colours::No, Details::Shown, 10, 1000, 1000});
    verbose.view.see({0, runtime::Detail{project.make, "noise"}});
    CHECK(verbose.taken() == "[linux/amd64->arm64 builder 2/3] RUN make noise\n");
}
