// Rules about what lowering notices, in checks of whole Dockerfiles.
#include "tests/support/lint_project.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;
using namespace mabplan::tests;

namespace {

using Lines = std::vector<std::string>;

// "line: detail" of one rule.
Lines found(Project& project, RuleId rule, CompileMode mode = CompileMode::Check) {
    project.mode = mode;
    Lines out;
    for (const Finding& finding : lint(project).findings)
        if (finding.rule == rule) out.push_back(format("{}: {}", finding.line, finding.detail));
    return out;
}

Lines found(const std::string& dockerfile, RuleId rule) {
    Project project(dockerfile);
    return found(project, rule);
}

}  // namespace

TEST_CASE("variables are defined before their use, by ARG, ENV or the base") {
    CHECK(found("FROM base\nUSER $NAME\nARG NAME\nWORKDIR /$NAME/$PATH\nLABEL a=$PAHT\n", RuleId::UndefinedVar) ==
          Lines{"2: Usage of undefined variable '$NAME'", "5: Usage of undefined variable '$PAHT' (did you mean $PATH?)"});
    CHECK(found("FROM base\nRUN echo $NAME\nUSER ${NAME:-me}\n", RuleId::UndefinedVar) == Lines{"3: Usage of undefined variable '$NAME'"});
}

TEST_CASE("the place of a variable is where it stands") {
    Project project("FROM base\nLABEL a=b \\\n  c=${NAME}\n");
    project.mode = CompileMode::Check;
    for (const Finding& finding : lint(project).findings)
        if (finding.rule == RuleId::UndefinedVar) {
            CHECK(format_place(finding.place) == "Dockerfile:3:5");
            CHECK(finding.line == 2);
        }
}

TEST_CASE("FROM uses global ARGs that are declared") {
    CHECK(found("ARG VERSION=1\nFROM base:${VERISON:-2}\n", RuleId::UndefinedArgInFrom) ==
          Lines{"2: FROM argument 'VERISON' is not declared (did you mean VERSION?)"});
    CHECK(found("ARG SUFFIX\nFROM base$SUFFIX\n", RuleId::UndefinedArgInFrom).empty());
}

TEST_CASE("the default of a global ARG makes a base image") {
    Project project("ARG BASE\nFROM $BASE\n");
    CHECK(found(project.argument("BASE", "base:1"), RuleId::InvalidDefaultArgInFrom) ==
          Lines{"2: Default value for ARG $BASE results in empty or invalid base image name"});
    CHECK(found("ARG TAG=1\nFROM base:$TAG\n", RuleId::InvalidDefaultArgInFrom).empty());
}

TEST_CASE("--platform of FROM is neither the target's nor a constant") {
    CHECK(found("FROM --platform=${TARGETPLATFORM} base\n", RuleId::RedundantTargetPlatform) ==
          Lines{"1: Setting platform to predefined ${TARGETPLATFORM} in FROM is redundant as this is the default behavior"});
    CHECK(found("FROM --platform=$BUILDPLATFORM base\n", RuleId::RedundantTargetPlatform).empty());
    CHECK(found("FROM --platform=linux/arm64 base\nFROM --platform=linux/arm64 base AS on-arm64\nFROM --platform=linux/$TARGETARCH base\n",
                RuleId::FromPlatformFlagConstDisallowed) == Lines{"1: FROM --platform flag should not use constant value \"linux/arm64\""});
}

TEST_CASE("a base image is for the platform that is built") {
    Project project("FROM base\n", {"linux/arm64"});
    project.images.platforms["base"] = "linux/amd64";
    CHECK(found(project, RuleId::InvalidBaseImagePlatform) ==
          Lines{"1: Base image base was pulled with platform \"linux/amd64\", expected \"linux/arm64\" for current build"});
    Project fallback("FROM base\n", {"linux/arm/v7"});
    fallback.images.platforms["base"] = "linux/arm/v6";
    CHECK(found(fallback, RuleId::InvalidBaseImagePlatform).empty());
}

TEST_CASE("CMD and ENTRYPOINT are in JSON unless a SHELL was chosen") {
    const std::string suffix = " to prevent unintended behavior related to OS signals";
    CHECK(found("FROM base\nCMD run\nentrypoint go\n", RuleId::JsonArgsRecommended) ==
          Lines{"2: JSON arguments recommended for CMD" + suffix, "3: JSON arguments recommended for entrypoint" + suffix});
    CHECK(found("FROM base\nSHELL [\"/bin/bash\", \"-c\"]\nCMD run\n", RuleId::JsonArgsRecommended).empty());
}

TEST_CASE("the first WORKDIR of a stage and of those below is absolute") {
    CHECK(found("FROM base AS a\nWORKDIR app\nWORKDIR sub\nFROM a\nWORKDIR x\n", RuleId::WorkdirRelativePath) ==
          Lines{"2: Relative workdir \"app\" can have unexpected results if the base image changes"});
}

TEST_CASE("names of variables don't say that they hold a secret") {
    CHECK(found("FROM base\nARG Api_Token=1 MONKEY\nENV PASSWORD_FILE=/x AUTH=y KEY_VERSION=1 public_key=k DB_PWORD=z\n",
                RuleId::SecretsUsedInArgOrEnv) == Lines{"2: Do not use ARG or ENV instructions for sensitive data (ARG \"Api_Token\")",
                                                        "3: Do not use ARG or ENV instructions for sensitive data (ENV \"AUTH\")",
                                                        "3: Do not use ARG or ENV instructions for sensitive data (ENV \"DB_PWORD\")"});
}

TEST_CASE("EXPOSE has ports with protocols in lower case and nothing of the host") {
    CHECK(found("FROM base\nEXPOSE 80/TCP 81/udp\n", RuleId::ExposeProtoCasing) ==
          Lines{"2: Defined protocol '80/TCP' in EXPOSE instruction should be lowercase"});
    CHECK(found("FROM base\nEXPOSE 127.0.0.1:80:80 8080:80 80\n", RuleId::ExposeInvalidFormat) ==
          Lines{"2: EXPOSE instruction should not define an IP address or host-port mapping, found '127.0.0.1:80:80'",
                "2: EXPOSE instruction should not define an IP address or host-port mapping, found '8080:80'"});
}

TEST_CASE("what is copied is not ignored") {
    const auto ignored = [](const std::string& ignore) {
        Project project("FROM base\nCOPY /docs/a.md b.md /x/\nADD ./c.md /\n");
        project.files.add(".", ".dockerignore", ignore);
        return found(project, RuleId::CopyIgnoredFile);
    };
    CHECK(ignored("docs\nc.md\n") == Lines{"2: Attempting to Copy file \"/docs/a.md\" that is excluded by .dockerignore",
                                           "3: Attempting to Add file \"c.md\" that is excluded by .dockerignore"});
    CHECK(ignored("docs\n!docs/a.md\n").empty());
    // with exceptions it is the files that tell
    Project mixed("FROM base\nCOPY docs /x/\nCOPY src /x/\nCOPY docs/b.md /x/\nCOPY none /x/\n");
    for (const char* file : {"docs/a.md", "docs/b.md", "src/main.c"}) mixed.files.add(".", file, "x");
    mixed.files.add(".", ".dockerignore", "*\n!docs/a.md\n");
    CHECK(found(mixed, RuleId::CopyIgnoredFile) == Lines{"3: Attempting to Copy file \"src\" that is excluded by .dockerignore",
                                                         "4: Attempting to Copy file \"docs/b.md\" that is excluded by .dockerignore",
                                                         "5: Attempting to Copy file \"none\" that is excluded by .dockerignore"});
    Project whole("FROM base\nCOPY . /\n");
    whole.files.add(".", ".dockerignore", "**\n");
    CHECK(found(whole, RuleId::CopyIgnoredFile) == Lines{"2: Attempting to Copy file \".\" that is excluded by .dockerignore"});
    whole.files.add(".", ".dockerignore", "*.md\n");
    CHECK(found(whole, RuleId::CopyIgnoredFile).empty());
}

TEST_CASE("a build looks at the stages that are needed, a check at all") {
    Project project("FROM base AS spare\nUSER $A\nFROM base\nUSER $B\n", {"linux/amd64", "linux/arm64"});
    CHECK(found(project, RuleId::UndefinedVar, CompileMode::Build) == Lines{"4: Usage of undefined variable '$B'"});
    CHECK(found(project, RuleId::UndefinedVar) == Lines{"2: Usage of undefined variable '$A'", "4: Usage of undefined variable '$B'"});
}
