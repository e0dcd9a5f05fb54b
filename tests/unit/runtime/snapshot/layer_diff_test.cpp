// The difference that a step made, also by a real overlay mount: so it stands here, where there is a user namespace.
#include "runtime/layer/layer_diff.h"

#include "runtime/snapshot/merged_view.h"
#include "runtime/snapshot/unpack.h"
#include "runtime/sys/file.h"
#include "tests/support/layer_builder.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/tree.h"

#include <doctest/doctest.h>

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <cstdlib>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

constexpr std::int64_t kClamp = 315532800;

struct Stack {
    TemporaryDirectory folder;
    std::vector<std::string> layers;  // bottom first

    Stack() {
        for (const char* name : {"upper", "work", "merged"}) REQUIRE(make_directories(folder / name));
    }
    ~Stack() { ::umount2((folder / "merged").c_str(), MNT_DETACH); }
    void add(const std::vector<Content>& contents) {
        layers.push_back(folder / ("layer" + std::to_string(layers.size())));
        REQUIRE(make_directories(layers.back()));
        StringSource source(tar_of(contents), 100'000);
        REQUIRE(unpack_layer(source, layers.back()));
    }
    void step(const std::string& script) {
        std::string lower;
        for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) lower += (lower.empty() ? "" : ":") + *layer;
        const std::string options = "userxattr,lowerdir=" + lower + ",upperdir=" + (folder / "upper") + ",workdir=" + (folder / "work");
        REQUIRE(::mount("overlay", (folder / "merged").c_str(), "overlay", 0, options.c_str()) == 0);
        const int outcome = std::system(("cd " + (folder / "merged") + " && set -e && " + script).c_str());
        REQUIRE(::umount((folder / "merged").c_str()) == 0);
        REQUIRE(outcome == 0);
    }
    Result<LayerSummary> diff(std::string& tar, const LayerOptions& options = {kClamp}) {
        MABPLAN_TRY(view, MergedView::open(layers));
        StringSink sink;
        MABPLAN_TRY(summary, write_layer_diff(folder / "upper", view, options, sink));
        tar = sink.text;
        return summary;
    }
    // The names in the layer, and checks that the settled directory, its twin from the tar and the tar of both are the same.
    std::string change(const LayerOptions& options = {kClamp}) {
        std::string tar;
        const Result<LayerSummary> summary = diff(tar, options);
        if (!summary) return format_error(summary.error());
        StringSource source(tar, 100'000);
        REQUIRE(make_directories(folder / "twin"));
        UnpackOptions unpacking;
        unpacking.implicit_mtime = options.time.value_or(0);
        REQUIRE(unpack_layer(source, folder / "twin", unpacking));
        if (options.time) CHECK(dump_tree(folder / "twin") == dump_tree(folder / "upper"));
        for (const char* name : {"twin", "upper"}) {
            StringSink again;
            REQUIRE(write_snapshot_tar(folder / name, again));
            CHECK(again.text == tar);
        }
        REQUIRE(write_file(folder / "t.tar", tar));
        REQUIRE(std::system(("tar -tf " + (folder / "t.tar") + " > " + (folder / "names")).c_str()) == 0);
        return read_file(folder / "names").value();
    }
};

}  // namespace

TEST_CASE("what a step did is in the layer, and nothing else") {
    Stack stack;
    stack.add({{folder_line("etc"), ""},
               {file_line("etc/a", 0), "a"},
               {file_line("etc/b", 0), "b"},
               {folder_line("tmp", 01777), ""},
               {folder_line("var"), ""},
               {folder_line("var/cache"), ""},
               {file_line("var/cache/c", 0), "c"},
               {folder_line("old"), ""},
               {file_line("old/x", 0), "x"},
               {folder_line("full"), ""},
               {file_line("full/1", 0), "1"}});
    SUBCASE("nothing") {
        stack.step("true");
        CHECK(stack.change() == "");
    }
    SUBCASE("only traces") {
        stack.step("echo x > tmp/x && rm tmp/x && touch etc && chmod 700 var && chmod 755 var && mkdir new && rmdir new");
        CHECK(stack.change() == "");
    }
    SUBCASE("new, changed and deleted") {
        stack.step("echo new > etc/new && echo more >> etc/b && rm etc/a && rm -r var/cache && mkdir -p d/e && ln -s e d/l");
        CHECK(stack.change() == "d/\nd/e/\nd/l\netc/\netc/.wh.a\netc/b\netc/new\nvar/\nvar/.wh.cache\n");
    }
    SUBCASE("a directory made anew hides what was in it") {
        stack.step("rm -r old && mkdir old && echo y > old/y");
        CHECK(stack.change() == "old/\nold/.wh..wh..opq\nold/y\n");
    }
    SUBCASE("a directory in place of a file, a file in place of a directory") {
        stack.step("rm etc/a && mkdir etc/a && echo 1 > etc/a/f && rm -r full && echo 1 > full");
        CHECK(stack.change() == "etc/\netc/a/\netc/a/f\nfull\n");
    }
    SUBCASE("metadata of a directory alone") {
        stack.step("chmod 750 var");
        CHECK(stack.change() == "var/\n");
    }
    SUBCASE("hard links: the first name is the file") {
        stack.step("echo 1 > z && ln z a && mkdir d && ln z d/m && ln etc/b etc/linked");
        std::string names = stack.change();
        CHECK(names == "a\nd/\nd/m\netc/\netc/b\netc/linked\nz\n");
    }
    SUBCASE("the root") {
        stack.step("chmod 711 .");
        CHECK(stack.change() == "./\n");
    }
    SUBCASE("sockets are left out with a note") {
        stack.step("mkdir run && python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"run/s\")' && echo 1 > run/f");
        std::string tar;
        const LayerSummary summary = stack.diff(tar).value();
        CHECK(summary.notes == std::vector<std::string>{"\"/run/s\" is a socket, which a layer cannot hold: it is left out"});
        CHECK(summary.entries == 2);
        CHECK(list_names(stack.folder / "upper/run").value() == std::vector<std::string>{"f"});
    }
    SUBCASE("a name that others would read as a whiteout is an error") {
        stack.step("echo 1 > .wh.etc");
        std::string tar;
        CHECK(stack.diff(tar).error().message ==
              "\".wh.etc\" cannot be put in a layer: names that start with \".wh.\" mark deletions there (image-spec, layer.md), so it "
              "would delete "
              "another file");
    }
    SUBCASE("xattrs") {
        stack.step(
            "setfattr -n user.note -v 1 etc/b && setfattr -n user.note -v 2 var 2>/dev/null || python3 -c 'import os; "
            "os.setxattr(\"etc/b\", \"user.note\", b\"1\"); os.setxattr(\"var\", \"user.note\", b\"2\")'");
        CHECK(stack.change() == "etc/\netc/b\nvar/\n");
        CHECK(dump_tree(stack.folder / "upper").find("etc/b user.note=\"1\"") != std::string::npos);
    }
}

TEST_CASE("times are clamped, in the tar and in the directory") {
    Stack stack;
    stack.add({{folder_line("d"), ""}});
    stack.step("echo 1 > new && touch -d @5 old && touch -d @-5 ancient && ln -s x link && mkdir d/e && touch -d @7.5 d/half");
    const std::string names = stack.change();
    CHECK(names == "ancient\nd/\nd/e/\nd/half\nlink\nnew\nold\n");
    CHECK(dump_tree(stack.folder / "upper") ==
          "d 0755 0:0 @315532800 . implicit\n"
          "f 0644 0:0 @-5 ancient 0 e3b0c44298fc\n"
          "d 0755 0:0 @315532800 d\n"
          "d 0755 0:0 @315532800 d/e\n"
          "f 0644 0:0 @7 d/half 0 e3b0c44298fc\n"
          "l 0777 0:0 @315532800 link -> x\n"
          "f 0644 0:0 @315532800 new 2 4355a46b19d3\n"
          "f 0644 0:0 @5 old 0 e3b0c44298fc\n");
}

TEST_CASE("without a clamp times are kept, and a touched directory is a change") {
    Stack stack;
    stack.add({{folder_line("d"), ""}, {folder_line("e"), ""}});
    stack.step("touch -d @1700000000 d && touch -d @1000 e && touch -d @1700000001.9 f");
    CHECK(stack.change({}) == "d/\nf\n");
    CHECK(dump_tree(stack.folder / "upper").find("@1700000001 f") != std::string::npos);
}

TEST_CASE("two layers below: what is gone already needs no whiteout") {
    Stack stack;
    stack.add({{folder_line("a"), ""}, {file_line("a/f", 0), "1"}, {file_line("g", 0), "1"}});
    stack.add({{mark_line("g", LayerMark::Whiteout), ""}, {folder_line("a", 0700), ""}, {mark_line("a", LayerMark::Opaque), ""}});
    stack.step("echo 1 > a/f && rm a/f && echo 1 > g && rm g");
    CHECK(stack.change() == "");
}

TEST_CASE("a root that is not as usual is in every layer above it") {
    Stack stack;
    stack.add({{folder_line(".", 0711), ""}, {folder_line("d"), ""}});
    ::chmod((stack.folder / "upper").c_str(), 0711);
    stack.step("echo 1 > f");
    CHECK(stack.change() == "./\nf\n");
}

TEST_CASE("a directory that no layer describes keeps what is below it") {
    Stack stack;
    stack.add({{folder_line("tmp", 01777), ""}});
    stack.add({{file_line("tmp/x", 0), "1"}});  // makes tmp without describing it
    MergedView view = MergedView::open(stack.layers).value();
    CHECK(view.stat("tmp").value()->mode == 01777);
    CHECK(view.stat(".").value()->mode == 0755);
}
