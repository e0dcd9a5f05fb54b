// Repositories over file://, made by git itself.
#include "runtime/sources/source_fetcher.h"

#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "runtime/sys/program.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

const std::vector<std::string> kFolders{"/usr/local/bin", "/usr/bin", "/bin"};

struct World {
    World() {
        shell(
            "git init -q -b main source && cd source && echo one > file && git add -A && git commit -qm one && git tag light && git tag "
            "-am x heavy "
            "&& git checkout -qb side && echo two > file && git commit -qam two && git checkout -q main");
    }
    std::string shell(const std::string& words) const {
        const auto end = run_program(
            {{"/bin/sh", "-ec", words},
             {"PATH=/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/nothing", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b",
              "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b", "GIT_AUTHOR_DATE=1234567890 +0000", "GIT_COMMITTER_DATE=1234567890 +0000"},
             folder.path()},
            {});
        REQUIRE(end);
        INFO(end->errors);
        REQUIRE(end->code == 0);
        return std::string(trim(end->output));
    }
    std::string commit(const std::string& ref) const { return shell("git -C source rev-parse " + ref + "^{commit}"); }
    GitAction source(const std::string& ref, const std::string& checksum = {}) const {
        return {"file://" + (folder / "source"), ref, {}, checksum};
    }
    SourceFetcher sources(bool offline = false) {
        SourceFetcher::Options options;
        options.git.folders = kFolders;
        options.urls.offline = offline;
        return SourceFetcher(options, *store);
    }
    std::string pinned(const GitAction& git, bool offline = false) {
        SourceFetcher now = sources(offline);
        const auto pin = now.pin(git);
        return pin ? pinned_commit(std::get<GitAction>(*pin)) : pin.error().message;
    }
    std::string text(const GitAction& git, const std::string& name = "/file") {
        SourceFetcher now = sources();
        const auto tree = now.tree(git);
        return tree ? read_file(tree->folder + name).value() : tree.error().message;
    }

    tests::TemporaryDirectory folder;
    std::unique_ptr<Store> store = Store::open(folder / "store").value();
};

}  // namespace

TEST_CASE("refs are pinned to the commits that they are at") {
    World world;
    const std::string main = world.commit("main"), side = world.commit("side");
    CHECK(world.pinned(world.source("")) == main);
    CHECK(world.pinned(world.source("main")) == main);
    CHECK(world.pinned(world.source("side")) == side);
    CHECK(world.pinned(world.source("refs/heads/side")) == side);
    CHECK(world.pinned(world.source("heads/side")) == side);
    CHECK(world.pinned(world.source("light")) == main);
    CHECK(world.pinned(world.source("heavy")) == main);
    CHECK(world.pinned(world.source("refs/tags/heavy")) == main);
    CHECK(world.pinned(world.source(side)) == side);
    CHECK(world.pinned(world.source("none")).ends_with("has no branch, tag or commit \"none\""));
    // a branch goes before a tag
    world.shell("git -C source tag side main");
    CHECK(world.pinned(world.source("side")) == side);
    CHECK(world.pinned(world.source("refs/tags/side")) == main);
}

TEST_CASE("a checksum is compared with commit and tag") {
    World world;
    const std::string main = world.commit("main"), tag = world.shell("git -C source rev-parse heavy");
    CHECK(world.pinned(world.source("main", main.substr(0, 8))) == main);
    CHECK(world.pinned(world.source("heavy", tag.substr(0, 8))) == main);
    CHECK(world.pinned(world.source("side", main.substr(0, 8))).find("is not at the commit that is asked for") != std::string::npos);
    CHECK(world.text(world.source("main", main)) == "one\n");
    CHECK(world.text(world.source("heavy", tag)) == "one\n");
    CHECK(world.text(world.source("side", main)).find("is not at the commit that is asked for") != std::string::npos);
}

TEST_CASE("the files of a commit, by ref and by id") {
    World world;
    const std::string side = world.commit("side");
    CHECK(world.text(world.source("side", side)) == "two\n");
    CHECK(world.text(world.source(side)) == "two\n");
    // by the commit alone: its branch has moved on, or is gone
    GitAction by_commit = world.source("side", side);
    by_commit.fetch_by_commit = true;
    world.shell("cd source && git checkout -q side && echo three > file && git commit -qam three");
    CHECK(world.text(by_commit) == "two\n");
    CHECK(world.text(world.source(std::string(40, '7'))).find("has no commit") != std::string::npos);
    SourceFetcher sources = world.sources();
    CHECK(sources.tree(by_commit)->committed == 1234567890);
}

TEST_CASE("a repository says how much of it came, once") {
    World world;
    // more objects than git unpacks one by one: they come as a pack
    world.shell("cd source && for i in $(seq 200); do echo $i > f$i; done && git add -A && git commit -qm many");
    SourceFetcher sources = world.sources();
    const GitAction pinned = std::get<GitAction>(sources.pin(world.source("main")).value());
    std::vector<std::uint64_t> seen;
    const auto progress = [&](std::uint64_t done, std::optional<std::uint64_t> total) {
        CHECK_FALSE(total);
        seen.push_back(done);
    };
    REQUIRE(sources.tree(pinned, progress));
    REQUIRE(seen.size() >= 2);
    CHECK(seen.front() == 0);
    CHECK(seen.back() > 1000);
    seen.clear();
    REQUIRE(sources.tree(pinned, progress));
    CHECK(seen.empty());
}

TEST_CASE("a ref stays where it was found, within one process") {
    World world;
    SourceFetcher sources = world.sources();
    const auto before = sources.pin(world.source("main"));
    world.shell("cd source && echo three > file && git commit -qam three");
    CHECK(*sources.pin(world.source("main")) == *before);
    CHECK(read_file(sources.tree(std::get<GitAction>(*before))->folder + "/file").value() == "one\n");
    CHECK(world.pinned(world.source("main")) == world.commit("main"));
}

TEST_CASE("offline, a ref is at the commit that it was at last; nothing is fetched") {
    World world;
    CHECK(world.pinned(world.source("main"), true).ends_with("--offline forbids it"));
    const std::string main = world.pinned(world.source("main"));
    CHECK(world.pinned(world.source("main"), true) == main);
    SourceFetcher sources = world.sources(true);
    CHECK_FALSE(sources.tree(world.source(main)));
}

TEST_CASE("addresses lose their secrets before they are shown") {
    CHECK(shown_remote("https://me:word@h/r.git") == "https://h/r.git");
    CHECK(shown_remote("https://h/a@b.git") == "https://h/a@b.git");
    CHECK(shown_remote("ssh://git@h/r.git") == "ssh://git@h/r.git");
    CHECK(shown_remote("git@h:r.git") == "git@h:r.git");
}

TEST_CASE("without the program, the package is named") {
    World world;
    SourceFetcher::Options options;
    options.git.folders = {"/nothing"};
    SourceFetcher sources(options, *world.store);
    const auto refused = sources.pin(world.source("main"));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::Environment);
    CHECK(refused.error().hint == "install the package git (Debian: sudo apt-get install git)");
}
