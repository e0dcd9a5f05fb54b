// Which file is the Dockerfile, where none is named and where one is.
#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tests;

namespace {

using Texts = std::vector<std::string>;

compiler::Build& build_of(Project& project) { return project.matrix.targets[0].cells[0].build; }

// A project whose Dockerfile is not called so.
Project called(const Texts& names) {
    Project project("");
    project.files = MemoryFiles();
    for (const std::string& name : names) project.files.add(".", name, "FROM " + to_lower(name).substr(0, 4) + "\nRUN x\n");
    return project;
}

std::string taken(Project& project) {
    auto compiled = project.compile();
    if (!compiled) return format_error(compiled.error().front());
    std::string out = compiled->plan.actions.back().origin.dockerfile;
    for (const std::string& note : compiled->notes) out += " | " + note;
    return out;
}
std::string taken_of(const Texts& names) {
    Project project = called(names);
    return taken(project);
}

}  // namespace

TEST_CASE("docker's names go before podman's, and it is said which was taken") {
    CHECK(taken_of({"Dockerfile"}) == "Dockerfile");
    CHECK(taken_of({"Dockerfile", "dockerfile"}) == "Dockerfile | dockerfile is not looked at: Dockerfile goes before it");
    CHECK(taken_of({"dockerfile"}) == "dockerfile | dockerfile is used as the Dockerfile");
    CHECK(taken_of({"Containerfile"}) == "Containerfile | Containerfile is used as the Dockerfile");
    CHECK(taken_of({"Containerfile", "dockerfile"}) ==
          "dockerfile | dockerfile is used as the Dockerfile | Containerfile is not looked at: dockerfile goes before it");
    CHECK(taken_of({"Containerfile", "Dockerfile"}) == "Dockerfile | Containerfile is not looked at: Dockerfile goes before it");
    CHECK(taken_of({"Other"}) ==
          "error: there is no Dockerfile \"Dockerfile\"\n  hint: name it with -f, or `dockerfile:` in mabplan.yaml\n");
    CHECK(taken_of({"dockerfile/notes", "Containerfile"}) == "Containerfile | Containerfile is used as the Dockerfile");
}

TEST_CASE("a name that is given is the only one") {
    Project project = called({"Containerfile"});
    build_of(project).dockerfile = "Dockerfile";
    CHECK(taken(project).starts_with("error: there is no Dockerfile \"Dockerfile\""));
    Project named = called({"Containerfile", "Dockerfile"});
    build_of(named).dockerfile = "Containerfile";
    CHECK(taken(named) == "Containerfile");
}

TEST_CASE("a name that is only in the context is found there, with a word") {
    Project project("FROM x\n");
    project.files.add("ctx", "sub/Other", "FROM x\nRUN x\n");
    build_of(project).context.location = "ctx";
    build_of(project).dockerfile = "../sub/Other";
    build_of(project).dockerfile_in_context = "sub/Other";
    CHECK(taken(project) ==
          "ctx/sub/Other | ctx/sub/Other of the build context is used as the Dockerfile: the current folder has none of this name");
    project.files.add(".", "sub/Other", "FROM y\nRUN x\n");
    CHECK(taken(project) == "sub/Other");
}

TEST_CASE("a repository may have podman's name; a path may not lead out of it") {
    Project project("");
    build_of(project).context = compiler::parse_context_location("https://example.com/a.git#main").value();
    project.sources.texts["https://example.com/a.git Containerfile"] = "FROM x\nRUN x\n";
    CHECK(taken(project) ==
          "https://example.com/a.git#main/Containerfile | https://example.com/a.git#main/Containerfile is used as the Dockerfile");
    project.sources.texts["https://example.com/a.git Dockerfile"] = "FROM x\nRUN x\n";
    CHECK(taken(project) ==
          "https://example.com/a.git#main/Dockerfile | https://example.com/a.git#main/Containerfile is not looked at: "
          "https://example.com/a.git#main/Dockerfile goes before it");
    build_of(project).dockerfile = "a/../../Dockerfile";
    CHECK(taken(project) == "error: the Dockerfile \"a/../../Dockerfile\" leads out of the build context\n");
}

TEST_CASE("a Dockerfile behind a URL is built beside a folder, without the ignore file beside it") {
    Project project("");
    project.files.add(".", "file", "x");
    build_of(project).dockerfile = "https://user:secret@example.com/sub/Some.Dockerfile?x=1";
    project.sources.texts[build_of(project).dockerfile + " Some.Dockerfile"] = "FROM x\nCOPY file /\n";
    CHECK(taken(project) == "https://example.com/sub/Some.Dockerfile");
    CHECK(project.plan().contexts.at(0).path == ".");
    project.sources.archives.insert(build_of(project).dockerfile);
    CHECK(taken(project) ==
          "error: https://example.com/sub/Some.Dockerfile is an archive: expected a Dockerfile\n  hint: an archive is a build context: "
          "give it as that\n");
}
