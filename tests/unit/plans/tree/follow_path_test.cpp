#include "plans/tree/follow_path.h"

#include "tests/support/memory_tree.h"

#include <doctest/doctest.h>

using namespace mabplan;

namespace {

std::string follow(TreeReader& tree, std::string_view path, LastSymlink last = LastSymlink::Follow) {
    const auto found = follow_path(tree, path, last);
    if (!found) return found.error().message;
    return *found ? (*found)->path : "nothing";
}

}  // namespace

TEST_CASE("symlinks are followed inside the tree") {
    tests::MemoryTree tree;
    tree.add_file("real/sub/file", "x");
    tree.add_symlink("abs", "/real");
    tree.add_symlink("rel", "real/sub");
    tree.add_symlink("chain", "abs/sub");
    tree.add_symlink("up", "../../../../real");
    tree.add_symlink("real/back", "../rel/file");
    tree.add_symlink("dangling", "/nowhere");
    tree.add_symlink("loop", "loop");

    CHECK(follow(tree, ".") == ".");
    CHECK(follow(tree, "real/sub/file") == "real/sub/file");
    CHECK(follow(tree, "/abs/sub/file") == "real/sub/file");
    CHECK(follow(tree, "rel/../back") == "real/sub/file");  // ".." of what the link leads to
    CHECK(follow(tree, "chain/file") == "real/sub/file");
    CHECK(follow(tree, "up/sub") == "real/sub");
    CHECK(follow(tree, "real/back") == "real/sub/file");
    CHECK(follow(tree, "real/back", LastSymlink::Keep) == "real/back");
    CHECK(follow(tree, "abs/back", LastSymlink::Keep) == "real/back");
    CHECK(follow(tree, "dangling") == "nothing");
    CHECK(follow(tree, "dangling", LastSymlink::Keep) == "dangling");
    CHECK(follow(tree, "real/sub/file/below") == "nothing");
    CHECK(follow(tree, "loop") == "\"loop\" leads through more than 255 symbolic links");
}
