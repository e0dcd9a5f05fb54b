#include "tools/terminal/region.h"

#include "plans/base/format.h"
#include "runtime/log/styled_text.h"
#include "tests/support/terminal_project.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tools;
using namespace mabplan::runtime;
using mabplan::tests::TerminalProject;

namespace {

// Two steps that run and one that is done.
struct Scene {
    TerminalProject project;
    BuildState state{project.plan};
    std::vector<StepName> names = name_steps(project.plan);

    Scene() {
        state.see({0, RunBegan{5, 1, 4, {}}});
        state.see({0, Finished{project.amd_install, HowDone::CachedDefinition}});
        state.see({1, Started{project.make}});
        state.see({2, Started{project.arm_install, true}});
        state.see({3, Said{project.make, "one\ntwo\nthree\nfour\nfive\nsi"}});
        state.see({3, Said{project.arm_install, "\x1b[31mred\x1b[0m\n10%\r20%"}});
    }
    std::string draw(std::size_t columns, std::size_t rows, Colours colours = Colours::No, std::optional<Estimate> estimate = {}) const {
        std::string text;
        for (const std::string& line : draw_region(state, names, {{columns, rows}, colours, 12.34, estimate})) {
            CHECK(width_of(line) < columns);
            text += line + "\n";
        }
        return text;
    }
};

}  // namespace

TEST_CASE("a screen of the usual size") {
    const Scene scene;
    CHECK(scene.draw(80, 24) ==
          "12.3s 1/5 done, 1 cached\n"
          "[linux/amd64->arm64 builder 2/3] RUN make                          native 11.3s\n"
          "  | three\n"
          "  | four\n"
          "  | five\n"
          "  | si\n"
          "[linux/arm64 app 2/3] RUN install                                emulated 10.3s\n"
          "  | red\n"
          "  | 20%\n");
    CHECK(scene.draw(80, 24, Colours::No, Estimate{45, false}).starts_with("12.3s 1/5 done, 1 cached, about 45 s left\n"));
    CHECK(scene.draw(80, 24, Colours::No, Estimate{0.2, false}).starts_with("12.3s 1/5 done, 1 cached\n"));
}

TEST_CASE("narrow screens") {
    const Scene scene;
    CHECK(scene.draw(50, 24) ==
          "12.3s 1/5 done, 1 cached\n"
          "amd64->arm64 builder 2/3 RUN make    native 11.3s\n"
          "  | three\n"
          "  | four\n"
          "  | five\n"
          "  | si\n"
          "arm64 app 2/3 RUN install          emulated 10.3s\n"
          "  | red\n"
          "  | 20%\n");
    CHECK(scene.draw(20, 9) ==
          "12.3s 1/5 done, ...\n"
          "amd64->arm... 11.3s\n"
          "  | five\n"
          "  | si\n"
          "arm64 2/3 ... 10.3s\n"
          "  | red\n"
          "  | 20%\n");
    CHECK(scene.draw(2, 24) != "");
}

TEST_CASE("low screens") {
    const Scene scene;
    CHECK(scene.draw(60, 6) ==
          "12.3s 1/5 done, 1 cached\n"
          "amd64->arm64 builder 2/3 RUN make              native 11.3s\n"
          "  | si\n"
          "arm64 app 2/3 RUN install                    emulated 10.3s\n");
    CHECK(scene.draw(60, 4) ==
          "12.3s 1/5 done, 1 cached\n"
          "2 more steps\n");
    CHECK(scene.draw(60, 3) == "12.3s 1/5 done, 1 cached\n");
    CHECK(scene.draw(60, 1) == "12.3s 1/5 done, 1 cached\n");
}

TEST_CASE("more steps than rows are counted") {
    Scene scene;
    scene.state.see({4, Started{scene.project.check}});
    scene.state.see({4, Transfer{1, "base sha256:01", 0, 2'000'000, TransferState::Going}});
    CHECK(scene.draw(60, 5) ==
          "12.3s 1/5 done, 1 cached\n"
          "amd64->arm64 builder 2/3 RUN make              native 11.3s\n"
          "2 more steps, 1 more transfer\n");
}

TEST_CASE("transfers show bytes, their total and the rate of the last seconds") {
    Scene scene;
    scene.state.see({4, Transfer{1, "base sha256:01", 0, 2'000'000, TransferState::Going}});
    scene.state.see({4, Transfer{2, "https://example.com/a", 0, {}, TransferState::Going}});
    scene.state.see({10.34, Transfer{1, "base sha256:01", 500'000, 2'000'000, TransferState::Going}});
    scene.state.see({12, Transfer{1, "base sha256:01", 1'500'000, 2'000'000, TransferState::Going}});
    const std::string text = scene.draw(60, 24);
    CHECK(text.substr(text.find("base ")) ==
          "base sha256:01                  1.50 MB / 2.00 MB  500 kB/s\n"
          "https://example.com/a                                   0 B\n");
    scene.state.see({12, Transfer{1, "base sha256:01", 2'000'000, 2'000'000, TransferState::Done}});
    CHECK(scene.draw(60, 24).find("base sha256") == std::string::npos);
}

TEST_CASE("what is written is named, and nothing is drawn when nothing goes on") {
    Scene scene;
    scene.state.see({4, Exporting{"default", "out"}});
    CHECK(scene.draw(80, 24).find("\nwriting out\n") != std::string::npos);
    scene.state.see({5, Exported{"default", "out", {}}});
    CHECK(scene.draw(80, 24).find("writing") == std::string::npos);
    scene.state.see({6, Failed{scene.project.make, {}, 5}});
    CHECK(scene.draw(80, 24).starts_with("12.3s 1/5 done, 1 cached, 1 failed\n[linux/arm64 app 2/3] RUN install "));
    scene.state.see({7, RunEnded{}});
    CHECK(scene.draw(80, 24) == "");
}

TEST_CASE("colours are ours alone: faint output") {
    const Scene scene;
    const std::string text = scene.draw(80, 24, Colours::Yes);
    CHECK(text.find("\x1b[2m  | red\x1b[0m\n") != std::string::npos);
    CHECK(without_styles(text) == scene.draw(80, 24));
}
