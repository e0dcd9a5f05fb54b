// Rules of mabplan's own, about images for several platforms and builds that can be repeated.
#include "tests/support/lint_project.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;
using namespace mabplan::tests;

namespace {

using Lines = std::vector<std::string>;

Lines own(Project& project, CompileMode mode = CompileMode::Check) {
    project.mode = mode;
    Lines out;
    for (const Finding& finding : lint(project).findings)
        if (finding.about().origin == RuleOrigin::Own) out.push_back(format("{}: {}", format_place(finding.place), finding.about().name));
    return out;
}

Lines own(const std::string& dockerfile, const std::vector<std::string>& platforms = {"linux/amd64"}) {
    Project project(dockerfile, platforms);
    return own(project);
}

}  // namespace

TEST_CASE("a check that is asked to wants base images with a digest") {
    const std::string digest(64, 'a');
    Project project("FROM scratch AS empty\nFROM pinned@sha256:" + digest +
                    " AS a\nFROM a\nCOPY --from=tool:1 /x /\nFROM replaced\nFROM loose\n");
    project.context("replaced", "oci-layout://bases/replaced");
    CHECK(own(project).empty());
    project.argument("BUILDKIT_DOCKERFILE_CHECK", "experimental=UnpinnedBaseImage");
    CHECK(own(project) == Lines{"Dockerfile:4:13: UnpinnedBaseImage", "Dockerfile:6:6: UnpinnedBaseImage"});
}

TEST_CASE("a target without network has no command that asks for one") {
    Project project("FROM base@sha256:" + std::string(64, 'a') + "\nRUN --network=default a\nRUN b\nRUN --network=none c\n");
    CHECK(own(project).empty());
    for (compiler::Cell& cell : project.matrix.targets[0].cells) cell.build.network = NetworkMode::None;
    CHECK(own(project, CompileMode::Build) == Lines{"Dockerfile:2:5: NetworkInHermeticTarget"});
}

TEST_CASE("what is fetched has a checksum") {
    CHECK(own("FROM scratch\nADD https://example.com/a /\nADD --checksum=sha256:" + std::string(64, 'b') + " https://example.com/b /\n") ==
          Lines{"Dockerfile:2:5: AddUrlWithoutChecksum"});
}

TEST_CASE("the final stage of several platforms is on the target platform") {
    const std::vector<std::string> both{"linux/amd64", "linux/arm64"};
    CHECK(own("FROM --platform=$BUILDPLATFORM base\nUSER x\n", both) == Lines{"Dockerfile:1:17: FinalStageOnBuildPlatform"});
    CHECK(own("FROM --platform=$BUILDPLATFORM base AS a\nFROM a\n", both) == Lines{"Dockerfile:2:1: FinalStageOnBuildPlatform"});
    CHECK(own("FROM --platform=$BUILDPLATFORM base AS a\nFROM base\nCOPY --from=a /x /\n", both).empty());
    CHECK(own("FROM --platform=$BUILDPLATFORM base\n").empty());
    CHECK(own("FROM --platform=$BUILDPLATFORM scratch\n", both).empty());
    Project mismatch("FROM base\n", both);
    mismatch.images.platforms["base"] = "linux/amd64";  // another rule tells of it
    mismatch.mode = CompileMode::Build;
    CHECK(own(mismatch, CompileMode::Build).empty());
}

TEST_CASE("an emulated stage that others only copy from could cross-compile") {
    const std::vector<std::string> both{"linux/amd64", "linux/arm64"};
    const std::string tail = "FROM base\nCOPY --from=build /x /\n";
    CHECK(own("FROM base AS build\nRUN make\n" + tail, both) == Lines{"Dockerfile:1:1: EmulatedStageCouldCrossCompile"});
    CHECK(own("FROM base AS deps\nFROM deps AS build\nRUN make\n" + tail, both) == Lines{"Dockerfile:1:1: EmulatedStageCouldCrossCompile"});
    CHECK(own("FROM base AS build\nRUN make\n" + tail).empty());                                     // native
    CHECK(own("FROM --platform=$BUILDPLATFORM base AS build\nRUN make\n" + tail, both).empty());     // does
    CHECK(own("FROM base AS build\n" + tail, both).empty());                                         // runs nothing
    CHECK(own("FROM base AS build\nRUN make\nFROM build\nRUN x\n", both).empty());                   // is the image
    CHECK(own("FROM base AS build\nRUN make\nFROM build\nCOPY --from=build /x /\n", both).empty());  // is below the image
    CHECK(own("# check=skip=EmulatedStageCouldCrossCompile\nFROM base AS build\nRUN make\n" + tail, both).empty());
}

TEST_CASE("arrays that are no JSON and here-documents with CR LF, unless they are skipped") {
    CHECK(own("FROM b\nCMD ['a']\n") == Lines{"Dockerfile:2:6: JSONArgsBroken"});
    CHECK(own("FROM b\n# check=skip=JSONArgsBroken\nCMD ['a']\n").empty());
    CHECK(own("FROM b\nRUN a\nRUN <<E\nx\r\nE\n") == Lines{"Dockerfile:3:7: CarriageReturnsInHereDocument"});
    CHECK(own("# check=skip=CarriageReturnsInHereDocument\nFROM b\nRUN <<E\nx\r\nE\n").empty());
}

TEST_CASE("a linked copy into the /tmp of a base") {
    CHECK(own("FROM b\nCOPY --link --from=c /a /tmp/x/\n") == Lines{"Dockerfile:2:25: LinkedCopyIntoTmp"});
    CHECK(own("FROM b\nWORKDIR /var\nCOPY --link --from=c /a tmp/\n").size() == 1);
    CHECK(own("FROM b\nCOPY --from=c /a /tmp/x/\nCOPY --link --from=c /a /tmpx/\n").empty());
    CHECK(own("FROM scratch\nCOPY --from=c /a /b\nCOPY --link --from=c /a /tmp/x/\n").empty());
}

TEST_CASE("of a base that is not known nobody says what it sets, of others it is said") {
    Project project("FROM known AS a\nUSER $A\nFROM guess AS b\nUSER $B\nFROM b\nUSER $C\nFROM a\nUSER $D\n");
    project.mode = CompileMode::Check;
    project.images.guessed.insert("guess");
    Lines lines;
    for (const Finding& finding : lint(project).findings) lines.push_back(format("{}: {}", finding.line, finding.about().name));
    CHECK(lines == Lines{"2: UndefinedVar", "8: UndefinedVar"});
}

TEST_CASE("thousands of variables are looked through once") {
    std::string text = "FROM b\n";
    for (int i = 0; i < 3000; ++i) text += format("ARG A{}=$A{}\n", i, i - 1);
    for (int i = 0; i < 3000; ++i) text += format("CMD [\"{}\"]\n", i);
    Project project(text + "USER $A3000\n");
    CHECK(lint(project).findings.size() == 3000 - 1 + 1 + 1);  // all CMDs but the last; $A-1 of the first ARG is "A" and "-1"
}
