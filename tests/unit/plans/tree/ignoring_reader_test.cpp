#include "plans/tree/ignoring_reader.h"

#include "tests/support/memory_tree.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace mabplan;

namespace {

tests::MemoryTree sample() {
    tests::MemoryTree tree;
    tree.add_file("a.log", "");
    tree.add_file("docs/keep.md", "");
    tree.add_file("docs/other.md", "");
    tree.add_file("docs/deep/x", "");
    tree.add_file("modules/m/i.js", "");
    tree.add_file("src/main.c", "");
    tree.add_directory("empty");
    return tree;
}

std::string names(TreeReader& tree, std::string_view directory) {
    const FolderEntries entries = tree.list(directory).value();
    std::string out;
    for (const TreeEntry& entry : entries) out += entry.name + " ";
    return out;
}

PatternList patterns(const std::vector<std::string>& list) { return PatternList::compile(list).value(); }

}  // namespace

TEST_CASE("what is ignored is not there") {
    tests::MemoryTree tree = sample();
    IgnoringReader reader(tree, patterns({"*.log", "modules", "docs", "!docs/keep.md", "empty"}));
    CHECK(names(reader, ".") == "docs src ");
    CHECK(names(reader, "docs") == "keep.md ");
    CHECK_FALSE(reader.stat("a.log").value());
    CHECK_FALSE(reader.stat("docs/other.md").value());
    CHECK_FALSE(reader.stat("modules/m/i.js").value());
    CHECK(reader.stat("docs/keep.md").value());
    CHECK(reader.stat("docs").value());
    CHECK_FALSE(reader.stat("docs/deep").value());
    CHECK_FALSE(reader.stat("missing").value());
}

TEST_CASE("an ignored directory that can reveal nothing is never listed") {
    tests::MemoryTree tree = sample();
    IgnoringReader reader(tree, patterns({"*", "!src", "!docs/keep.md"}));
    CHECK(names(reader, ".") == "docs src ");
    CHECK(std::find(tree.lists.begin(), tree.lists.end(), "modules") == tree.lists.end());
    CHECK(std::find(tree.lists.begin(), tree.lists.end(), "docs/deep") == tree.lists.end());
}

TEST_CASE("an ignored directory with nothing revealed is hidden though an exception could match") {
    tests::MemoryTree tree = sample();
    IgnoringReader reader(tree, patterns({"*", "!**/*.js"}));
    CHECK(names(reader, ".") == "modules ");
    CHECK(names(reader, "modules") == "m ");
    CHECK_FALSE(reader.stat("docs").value());
}

TEST_CASE("an empty list hides nothing, not even the root by **") {
    tests::MemoryTree tree = sample();
    IgnoringReader open(tree, {});
    CHECK(names(open, ".") == "a.log docs empty modules src ");
    IgnoringReader closed(tree, patterns({"**"}));
    CHECK(closed.stat(".").value());
    CHECK(names(closed, ".").empty());
}

TEST_CASE("whether a list hides all that a word names is asked of the tree") {
    tests::MemoryTree tree = sample();
    const auto hidden = [&](const std::vector<std::string>& patterns, std::string_view word) {
        const auto answer = is_hidden(tree, PatternList::compile(patterns).value(), word);
        return !answer ? "unknown" : *answer ? "hidden" : "seen";
    };
    CHECK(hidden({"*", "!docs/keep.md"}, "docs") == std::string("seen"));
    CHECK(hidden({"*", "!docs/none.md"}, "docs") == std::string("hidden"));
    CHECK(hidden({"*", "!docs/keep.md"}, "docs/other.md") == std::string("hidden"));
    CHECK(hidden({"*", "!docs/keep.md"}, "/docs/keep.md") == std::string("seen"));
    CHECK(hidden({"*", "!docs/keep.md"}, "src/*.c") == std::string("hidden"));
    CHECK(hidden({"*", "!src"}, "src/*.c") == std::string("seen"));
    CHECK(hidden({"*", "!none"}, ".") == std::string("hidden"));
    CHECK(hidden({"*", "!src"}, ".") == std::string("seen"));
    CHECK(hidden({"*", "!src"}, "nothing") == std::string("unknown"));
    CHECK(hidden({"*", "!src"}, "*.none") == std::string("unknown"));
}
