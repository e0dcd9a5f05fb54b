// Ignore files: which one counts, what it says, and its mistakes.
#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

#include <set>

using namespace mabplan;
using namespace mabplan::tests;

namespace {

using Texts = std::vector<std::string>;

Project with_ignore(const std::vector<std::pair<std::string, std::string>>& files) {
    Project project("FROM scratch\nCOPY . /\n");
    for (const auto& [name, text] : files) project.files.add(".", name, text);
    return project;
}

// What the project makes itself, which is left out as well.
const std::set<std::string> kOwn{"dist", "!dist/**", "dist/app"};

// The patterns that hold, then the notes.
std::string told(const std::vector<std::pair<std::string, std::string>>& files) {
    Project project = with_ignore(files);
    auto compiled = project.compile();
    if (!compiled) return format_error(compiled.error().front());
    std::string out;
    for (const std::string& pattern : compiled->plan.contexts.at(0).ignore)
        if (!kOwn.contains(pattern)) out += (out.empty() ? "" : " ") + pattern;
    for (const std::string& note : compiled->notes) out += " | " + note;
    return out;
}

}  // namespace

TEST_CASE("docker's name goes before podman's, the file beside the Dockerfile before both") {
    CHECK(told({}) == "");
    CHECK(told({{".dockerignore", "a\n"}}) == "a");
    CHECK(told({{".containerignore", "b\n"}}) == "b | .containerignore is used as the ignore file");
    CHECK(told({{".dockerignore", "a\n"}, {".containerignore", "b\n"}}) ==
          "a | .containerignore is not looked at: .dockerignore goes before it");
    CHECK(told({{".dockerignore", "a\n"}, {"Dockerfile.dockerignore", "c\n"}}) == "c");
    CHECK(told({{".dockerignore", "a\n"}, {"Dockerfile.containerignore", "d\n"}}) ==
          "d | Dockerfile.containerignore is used as the ignore file");
}

TEST_CASE("a mistake is told with file, line and excerpt") {
    CHECK(told({{".dockerignore", "# fine\nfine\n  !build/[a-\n"}}) ==
          ".dockerignore:3:3: error: malformed pattern \"build/[a-\": a class \"[\" is not closed\n"
          "     1 | # fine\n"
          "     2 | fine\n"
          ">    3 |   !build/[a-\n"
          "       |   ^^^^^^^^^^\n");
    CHECK(told({{"Dockerfile.dockerignore", "!\n"}})
              .starts_with("Dockerfile.dockerignore:1:1: error: the pattern \"!\" re-includes nothing"));
}

TEST_CASE("a missing source names the ignore file that excludes it") {
    Project project("FROM scratch\nCOPY file /\n");
    project.files.add(".", "file", "x");
    project.files.add(".", ".containerignore", "file\n");
    CHECK(project.errors().find("it is there, but .containerignore excludes it") != std::string::npos);
}

TEST_CASE("a socket of a context is told, once for all platforms") {
    Project project("FROM scratch\nCOPY . /\n", {"linux/amd64", "linux/arm64"});
    project.files.folder(".").add("run/agent", FileType::Socket, 0600);
    const auto compiled = project.compile();
    REQUIRE(compiled);
    REQUIRE(compiled->warnings.size() == 1);
    CHECK(compiled->warnings[0].message == "\"run/agent\" is a socket: no layer can hold it, so it is left out");
    CHECK(compiled->warnings[0].place.line == 2);
}
