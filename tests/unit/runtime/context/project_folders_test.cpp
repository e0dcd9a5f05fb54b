// What is compiled and what is run see one state of a folder, which is read once.
#include "runtime/context/project_folders.h"

#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <set>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

struct Project {
    tests::TemporaryDirectory folder;
    bool stopped = false;
    std::size_t most_entries = 1000;

    void write(const std::string& name, const std::string& content) {
        REQUIRE(make_directories(std::string((folder / name).substr(0, (folder / name).rfind('/')))));
        REQUIRE(write_file(folder / name, content, 0644, Durability::Cached));
    }
    ProjectFolders::Options options() {
        return {folder.path(), {}, 2, [this] { return stopped; }, most_entries};
    }
};

std::set<std::string> names(TreeReader& tree, std::string_view directory) {
    const auto entries = tree.list(directory);
    REQUIRE(entries);
    std::set<std::string> out;
    for (const TreeEntry& entry : *entries) out.insert(entry.name);
    return out;
}

Digest digest_of(TreeReader& tree, const std::string& path) {
    TreeEntry entry;
    entry.name = path;
    const auto digests = tree.digests({{path, entry}});
    REQUIRE(digests);
    return digests->front();
}

}  // namespace

TEST_CASE("a folder that was listed is not read again, with all that is below it") {
    Project project;
    project.write("app/a", "one");
    project.write("app/sub/b", "two");
    ProjectFolders folders(project.options());
    const auto first = folders.open("app").value();
    CHECK(names(*first, ".") == std::set<std::string>{"a", "sub"});
    CHECK(names(*first, "sub") == std::set<std::string>{"b"});
    CHECK(digest_of(*first, "a") == Digest::of("one"));

    project.write("app/new", "three");
    REQUIRE(::unlink((project.folder / "app/sub/b").c_str()) == 0);
    const auto second = folders.open("app").value();
    second->expect({".", "sub"});
    CHECK(names(*second, ".") == std::set<std::string>{"a", "sub"});
    CHECK(names(*second, "sub") == std::set<std::string>{"b"});
    CHECK(names(*folders.open(project.folder / "app").value(), ".") == std::set<std::string>{"a", "sub"});  // by its whole path, too
}

TEST_CASE("the digests that one tree learned are known to the next without reading the files") {
    Project project;
    project.write("a", "one");
    ProjectFolders folders(project.options());
    const auto first = folders.open(".").value();
    static_cast<void>(names(*first, "."));
    static_cast<void>(digest_of(*first, "a"));
    REQUIRE(::unlink((project.folder / "a").c_str()) == 0);
    const auto second = folders.open(".").value();
    static_cast<void>(names(*second, "."));
    CHECK(digest_of(*second, "a") == Digest::of("one"));
}

TEST_CASE("what changed since it was listed is not taken for what it was") {
    Project project;
    project.write("a", "one");
    project.write("b", "one");
    ProjectFolders folders(project.options());
    const auto first = folders.open(".").value();
    static_cast<void>(names(*first, "."));
    project.write("a", "other");
    REQUIRE(::unlink((project.folder / "b").c_str()) == 0);
    SUBCASE("by the tree that listed it: it was being changed") { CHECK(first->open_file("a").error().kind == ErrorKind::Input); }
    SUBCASE("by another: it is not what was asked for") {
        const auto second = folders.open(".").value();
        static_cast<void>(names(*second, "."));
        const auto changed = second->open_file("a");
        CHECK(changed.error().kind == ErrorKind::Verify);
        CHECK(changed.error().message == "\"a\" changed while it was read");
        CHECK(second->open_file("b").error().kind == ErrorKind::Verify);
        TreeEntry entry;
        entry.name = "a";
        CHECK(second->digests({{"a", entry}}).error().kind == ErrorKind::Verify);
    }
}

TEST_CASE("of more entries than may be remembered the rest is read again") {
    Project project;
    project.most_entries = 3;
    project.write("small/a", "one");
    project.write("large/a", "one");
    project.write("large/b", "one");
    ProjectFolders folders(project.options());
    static_cast<void>(names(*folders.open("small").value(), "."));
    static_cast<void>(names(*folders.open("large").value(), "."));
    project.write("small/new", "two");
    project.write("large/new", "two");
    CHECK(names(*folders.open("small").value(), ".") == std::set<std::string>{"a"});
    CHECK(names(*folders.open("large").value(), ".") == std::set<std::string>{"a", "b", "new"});
}

TEST_CASE("names of one file are told by one number, whichever tree saw them") {
    Project project;
    project.write("x/a", "one");
    project.write("y/b", "two");
    REQUIRE(::link((project.folder / "x/a").c_str(), (project.folder / "y/a").c_str()) == 0);
    REQUIRE(::link((project.folder / "y/b").c_str(), (project.folder / "y/c").c_str()) == 0);
    ProjectFolders folders(project.options());
    const auto in_x = folders.open(".").value()->list("x").value();
    const auto in_y = folders.open(".").value()->list("y").value();
    CHECK(in_x[0].hardlink == in_y[0].hardlink);
    CHECK(in_y[1].hardlink == in_y[2].hardlink);
    CHECK(in_y[0].hardlink != in_y[1].hardlink);
}

TEST_CASE("whoever is to stop reads nothing more") {
    Project project;
    project.write("a", "one");
    ProjectFolders folders(project.options());
    const auto tree = folders.open(".").value();
    static_cast<void>(names(*tree, "."));
    project.stopped = true;
    CHECK(tree->list(".").error().kind == ErrorKind::Interrupted);
    TreeEntry entry;
    entry.name = "a";
    CHECK(tree->digests({{"a", entry}}).error().kind == ErrorKind::Interrupted);
}
