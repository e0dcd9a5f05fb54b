// Build contexts that are no folders: where the Dockerfile comes from, and what COPY takes.
#include "tests/support/fake_ports.h"

#include <doctest/doctest.h>

using namespace mabplan;
using tests::actions_of;

namespace {

tests::Project project_with(const std::string& context) {
    tests::Project project("FROM scratch\nRUN wrong\n");
    for (compiler::Cell& cell : project.matrix.targets[0].cells) cell.build.context = compiler::parse_context_location(context).value();
    return project;
}

const std::string kGit = "https://me:word@example.com/a.git#main:dir";

tests::Project git_project(const std::string& dockerfile) {
    tests::Project project = project_with(kGit);
    project.sources.texts["https://me:word@example.com/a.git Dockerfile"] = dockerfile;
    return project;
}

}  // namespace

TEST_CASE("a git context is pinned once, and gives Dockerfile and files") {
    tests::Project project = git_project("FROM scratch\nCOPY a /\nADD b /\n");
    project.matrix.targets[0].cells.push_back(project.matrix.targets[0].cells[0]);
    project.matrix.targets[0].cells[1].platform = tests::platform_of("linux/arm64");
    const Plan plan = project.plan();
    CHECK(project.sources.asked == std::vector<std::string>{"https://me:word@example.com/a.git#main"});
    const auto git = actions_of<GitAction>(plan);
    REQUIRE(git.size() == 1);
    CHECK(is_commit(git[0].checksum));
    CHECK(git[0].fetch_by_commit);
    CHECK(git[0].subdir == "dir");
    CHECK_FALSE(git[0].keep_git_dir);
    CHECK(git[0].commit_times);
    const auto copies = actions_of<CopyAction>(plan);
    CHECK(std::holds_alternative<RootFiles>(copies[0].parts[0].from));
    CHECK(copies[1].parts[0].unpack);
    CHECK(plan.contexts.empty());
    CHECK(plan.actions.back().origin.dockerfile == "https://example.com/a.git#main:dir/Dockerfile");
}

TEST_CASE("a ref that the address pins stays to be looked at, a commit alone does not") {
    const auto vouched = [](const std::string& query) {
        tests::Project project = project_with("https://example.com/a.git?" + query);
        project.sources.texts["https://example.com/a.git Dockerfile"] = "FROM scratch\nCOPY a /\n";
        return !actions_of<GitAction>(project.plan())[0].fetch_by_commit;
    };
    const std::string commit = "0123456789012345678901234567890123456789";
    CHECK(vouched("tag=v1&commit=" + commit));
    CHECK(vouched("branch=main&checksum=" + commit));
    CHECK_FALSE(vouched("commit=" + commit + "&fetch-by-commit"));
    CHECK_FALSE(vouched("tag=v1"));
}

TEST_CASE("build arguments say how a git context is checked out") {
    const auto git_of = [](const char* name, const char* value) {
        tests::Project project = git_project("FROM scratch\nCOPY a /\n");
        return actions_of<GitAction>(project.argument(name, value).plan())[0];
    };
    CHECK(git_of("BUILDKIT_CONTEXT_KEEP_GIT_DIR", "1").keep_git_dir);
    CHECK_FALSE(git_of("BUILDKIT_CONTEXT_KEEP_GIT_DIR", "0").keep_git_dir);
    CHECK(git_of("SOURCE_DATE_EPOCH", "7").commit_times);
}

TEST_CASE("another Dockerfile is looked for in the context, an absolute one on the disk") {
    tests::Project project = git_project("FROM scratch\n");
    project.sources.texts["https://me:word@example.com/a.git sub/Other"] = "FROM scratch\nCOPY other /\n";
    project.matrix.targets[0].cells[0].build.dockerfile = "./sub/Other";
    CHECK(actions_of<CopyAction>(project.plan()).size() == 1);
    project.files.add("/abs", "Dockerfile", "FROM scratch\nCOPY a /\nCOPY b /\n");
    project.matrix.targets[0].cells[0].build.dockerfile = "/abs/Dockerfile";
    CHECK(actions_of<CopyAction>(project.plan()).size() == 2);
    project.matrix.targets[0].cells[0].build.dockerfile = "none";
    CHECK(project.error() == "there is no Dockerfile \"https://example.com/a.git#main:dir/none\"");
}

TEST_CASE("a URL gives an archive of a context, or a Dockerfile alone") {
    const std::string url = "https://example.com/context.tar.gz?token=x";
    tests::Project archive = project_with(url);
    archive.sources.archives = {url};
    archive.sources.texts[url + " Dockerfile"] = "FROM scratch\nCOPY a /\n";
    const Plan unpacked = archive.plan();
    REQUIRE(actions_of<FetchAction>(unpacked).size() == 1);
    CHECK(actions_of<FetchAction>(unpacked)[0].name == "context");
    CHECK_FALSE(actions_of<FetchAction>(unpacked)[0].checksum.empty());
    CHECK(actions_of<CopyAction>(unpacked)[0].parts[0].unpack);
    CHECK(actions_of<CopyAction>(unpacked).size() == 2);

    tests::Project text = project_with(url);
    text.sources.texts[url + " context"] = "FROM scratch\nCOPY context /\n";
    CHECK(actions_of<CopyAction>(text.plan()).size() == 1);
}

TEST_CASE("standard input gives an archive, or a Dockerfile that has nothing to copy from") {
    tests::Project archive("FROM scratch\n");
    archive.matrix.targets[0].cells[0].build.context = {compiler::ContextKind::StandardInput, "-"};
    archive.sources.archives = {"-"};
    archive.sources.texts["- Dockerfile"] = "FROM scratch\nCOPY a /\n";
    CHECK(actions_of<FetchAction>(archive.plan())[0].url == "-");

    tests::Project alone("FROM scratch\n");
    alone.matrix.targets[0].cells[0].build.context = {compiler::ContextKind::Nothing, {}};
    alone.matrix.targets[0].cells[0].build.dockerfile_inline = "FROM x\nRUN --mount=target=/c true\n";
    CHECK(alone.error() == "compiled");
    alone.matrix.targets[0].cells[0].build.dockerfile_inline = "FROM scratch\nCOPY a /\n";
    CHECK(alone.error() == "2: there is nothing to copy from: the Dockerfile came without a build context");
}

TEST_CASE("the time of a remote context, named context or stage is the epoch, and what commands see") {
    const std::string dockerfile = "FROM scratch AS when\nADD https://example.com/x /\nFROM x\nARG SOURCE_DATE_EPOCH\nRUN a\n";
    const auto check = [](tests::Project& project, std::int64_t epoch) {
        const Plan plan = project.plan();
        CHECK(tests::created_of(plan) == epoch);
        CHECK(actions_of<RunAction>(plan)[0].env == std::vector<std::string>{"PATH=/bin", "SOURCE_DATE_EPOCH=" + std::to_string(epoch)});
    };
    tests::Project context = git_project(dockerfile);
    context.sources.times = {{"https://me:word@example.com/a.git", 1000}};
    check(context.argument("SOURCE_DATE_EPOCH", "context"), 1000);
    tests::Project stage(dockerfile);
    stage.sources.times = {{"https://example.com/x", 2000}, {"https://example.com/n.git", 3000}};
    check(stage.argument("SOURCE_DATE_EPOCH", "when"), 2000);
    tests::Project named(dockerfile);
    named.sources.times = stage.sources.times;
    check(named.context("n", "https://example.com/n.git").argument("SOURCE_DATE_EPOCH", "n"), 3000);
    tests::Project unknown(dockerfile);
    CHECK(tests::created_of(unknown.argument("SOURCE_DATE_EPOCH", "when").plan()) == 315532801);
}

TEST_CASE("refs that git could misread are refused at their place") {
    CHECK(tests::Project("FROM scratch\nADD https://example.com/a.git#--x /\n").error_place() ==
          "Dockerfile:2:5 https://example.com/a.git#--x");
}
