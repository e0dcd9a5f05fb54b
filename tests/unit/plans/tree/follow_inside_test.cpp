#include "plans/tree/follow_inside.h"

#include "tests/support/memory_tree.h"

#include <doctest/doctest.h>

using namespace mabplan;

namespace {

std::string follow(TreeReader& tree, std::string_view path, std::string_view bound = ".") {
    const auto found = follow_inside(tree, bound, path);
    if (!found) return format_error(found.error());
    return *found ? (*found)->path : "nothing";
}

}  // namespace

TEST_CASE("symlinks are followed as long as they stay inside") {
    tests::MemoryTree tree;
    tree.add_file("sub/deep/file", "x");
    tree.add_file("file", "x");
    tree.add_symlink("link", "sub/deep/file");
    tree.add_symlink("folder", "sub");
    tree.add_symlink("sub/back", "deep/../../file");
    tree.add_symlink("chain", "folder/deep/file");
    CHECK(follow(tree, "file") == "file");
    CHECK(follow(tree, "link") == "sub/deep/file");
    CHECK(follow(tree, "chain") == "sub/deep/file");
    CHECK(follow(tree, "folder/deep/file") == "sub/deep/file");
    CHECK(follow(tree, "sub/back") == "file");
    CHECK(follow(tree, "none") == "nothing");
    CHECK(follow(tree, "file/below") == "nothing");
    CHECK(follow(tree, "deep/file", "sub") == "sub/deep/file");
}

TEST_CASE("what leads out or to nothing is refused, never taken for a file of the same name at the root") {
    tests::MemoryTree tree;
    tree.add_file("passwd", "x");
    tree.add_file("sub/file", "x");
    tree.add_symlink("up", "../passwd");
    tree.add_symlink("abs", "/passwd");
    tree.add_symlink("via", "abs");
    tree.add_symlink("sub/out", "../passwd");
    tree.add_symlink("dangling", "none");
    tree.add_symlink("loop", "loop");
    const char* hint = "  hint: put the file itself into the build context\n";
    CHECK(follow(tree, "up") ==
          std::string("error: \"up\" is a symbolic link to \"../passwd\", which leads out of the build context\n") + hint);
    CHECK(follow(tree, "abs") ==
          std::string("error: \"abs\" is a symbolic link to \"/passwd\", which leads out of the build context\n") + hint);
    CHECK(follow(tree, "via") == follow(tree, "abs"));
    CHECK(follow(tree, "out", "sub") ==
          std::string("error: \"out\" is a symbolic link to \"../passwd\", which leads out of the build context\n") + hint);
    CHECK(follow(tree, "sub/out") == "passwd");
    CHECK(follow(tree, "../passwd", "sub") == "error: \"../passwd\" leads out of the build context\n");
    CHECK(follow(tree, "dangling") == std::string("error: \"dangling\" is a symbolic link to \"none\", which leads to nothing\n") + hint);
    CHECK(follow(tree, "loop") == "error: \"loop\" leads through more than 255 symbolic links\n");
}
