#include "runtime/snapshot/unpack.h"

#include "runtime/sys/id_advice.h"

#include "runtime/layer/layer_diff.h"
#include "runtime/snapshot/layer_tree.h"
#include "runtime/sys/file.h"
#include "tests/support/layer_builder.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/tree.h"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

Result<UnpackSummary> unpack(const std::string& tar, const std::string& directory, const UnpackOptions& options = {}) {
    REQUIRE(make_directories(directory));
    StringSource source(tar, 100'000);
    return unpack_layer(source, directory, options);
}

std::string tree_of(const std::vector<Content>& contents) {
    const TemporaryDirectory folder;
    const Result<UnpackSummary> outcome = unpack(tar_of(contents), folder / "fs");
    if (!outcome) return format_error(outcome.error());
    return dump_tree(folder / "fs");
}

std::string refusal(const std::vector<Content>& contents) {
    const TemporaryDirectory folder;
    REQUIRE(write_file(folder / "canary", "safe"));
    const Result<UnpackSummary> outcome = unpack(tar_of(contents), folder / "fs");
    CHECK(read_file(folder / "canary").value() == "safe");
    CHECK(list_names(folder.path()).value() == std::vector<std::string>{"canary", "fs"});
    StringSource again(tar_of(contents), 100'000);  // what cannot be unpacked cannot be looked into either
    const auto tree = LayerTree::read(again, folder.path());
    CHECK((tree ? "no error" : tree.error().message) == (outcome ? "no error" : outcome.error().message));
    return outcome ? "no error" : outcome.error().message;
}

std::string retar(const std::string& directory) {
    StringSink sink;
    REQUIRE(write_snapshot_tar(directory, sink));
    return sink.text;
}

LayerEntry raw(std::string name) { return file_line(std::move(name), 0); }

// Replaces a name of the same length in a header and mends its checksum.
std::string renamed(std::string tar, const std::string& from, const std::string& to) {
    REQUIRE(from.size() == to.size());
    const std::size_t at = tar.find(from);
    REQUIRE(at != std::string::npos);
    tar.replace(at, from.size(), to);
    const std::size_t header = at / 512 * 512;
    tar.replace(header + 148, 8, "        ");
    unsigned sum = 0;
    for (std::size_t byte = header; byte < header + 512; ++byte) sum += static_cast<unsigned char>(tar[byte]);
    char digits[8];
    std::snprintf(digits, sizeof digits, "%06o", sum);
    tar.replace(header + 148, 7, digits, 7);
    return tar;
}

std::string message_of_tar(const std::string& tar) {
    const TemporaryDirectory folder;
    const Result<UnpackSummary> outcome = unpack(tar, folder / "fs");
    return outcome ? "no error" : outcome.error().message;
}

}  // namespace

TEST_CASE("a layer becomes a directory with all that it says") {
    LayerEntry attributed = file_line("bin/su", 0, 04755);
    attributed.entry.xattrs = {
        {"user.note", "x"}, {"user.overlay.opaque", "y"}, {"trusted.overlay.opaque", "y"}, {"security.selinux", "z"}};
    CHECK(tree_of({{folder_line("bin", 0555), ""},
                   {attributed, "elf"},
                   {hard_link_line("bin/sudo", "bin/su"), ""},
                   {line("bin/fifo", FileType::Fifo, 0622), ""},
                   {line("bin/sh", FileType::Symlink, 0777, "/usr/bin/dash"), ""},
                   {file_line("empty", 0, 0), ""},
                   {folder_line("tmp", 03777), ""},
                   {file_line("tmp/x", 0), ""},
                   {mark_line("etc/passwd", LayerMark::Whiteout), ""},
                   {mark_line("tmp", LayerMark::Opaque), ""}}) ==
          "d 0755 0:0 @0 . implicit\n"
          "d 0555 0:0 @1000 bin\n"
          "p 0622 0:0 @1000 bin/fifo\n"
          "l 0777 0:0 @1000 bin/sh -> /usr/bin/dash\n"
          "f 4755 0:0 @1000 bin/su links=2 user.note=\"x\" 3 780d84b20d7a\n"
          "f 4755 0:0 @1000 bin/sudo links=2 user.note=\"x\" 3 780d84b20d7a\n"
          "f 0000 0:0 @1000 empty 0 e3b0c44298fc\n"
          "d 0755 0:0 @0 etc implicit\n"
          "w 0000 0:0 @1000 etc/passwd\n"
          "d 3777 0:0 @1000 tmp opaque\n"
          "f 0644 0:0 @1000 tmp/x 0 e3b0c44298fc\n");
}

TEST_CASE("names are cleaned as texts: dots, double slashes, absolute ones, and never above the root") {
    const std::string tree = tree_of({{raw("a//b/./c"), "1"}, {raw(".//d"), "2"}, {raw("x/../y/../../../e"), "3"}, {raw("a/b/../f"), "4"}});
    CHECK(tree ==
          "d 0755 0:0 @0 . implicit\n"
          "d 0755 0:0 @0 a implicit\n"
          "d 0755 0:0 @0 a/b implicit\n"
          "f 0644 0:0 @1000 a/b/c 1 6b86b273ff34\n"
          "f 0644 0:0 @1000 a/f 1 4b227777d4dd\n"
          "f 0644 0:0 @1000 d 1 d4735e3a265e\n"
          "f 0644 0:0 @1000 e 1 4e07408562be\n");
    const TemporaryDirectory folder;
    REQUIRE(unpack(renamed(tar_of({{raw("xxetc/x"), "1"}}), "xxetc/x", "//etc/x"), folder / "absolute"));
    CHECK(dump_tree(folder / "absolute") ==
          "d 0755 0:0 @0 . implicit\nd 0755 0:0 @0 etc implicit\nf 0644 0:0 @1000 etc/x 1 6b86b273ff34\n");
    REQUIRE(unpack(renamed(tar_of({{folder_line("x", 0711), ""}}), "x/", "//"), folder / "fs"));
    CHECK(dump_tree(folder / "fs").starts_with("d 0711 "));
}

TEST_CASE("what stands for the root and is no directory is left out") {
    const std::string nothing = "d 0755 0:0 @0 . implicit\n";
    for (const char* name : {".", "./.", "a/..", "..", "../.."}) CHECK(tree_of({{raw(name), "x"}}) == nothing);
    CHECK(tree_of({{line(".", FileType::Symlink, 0777, "/"), ""}}) == nothing);
    CHECK(tree_of({{raw("f"), ""}, {hard_link_line(".", "f"), ""}}) == nothing + "f 0644 0:0 @1000 f 0 e3b0c44298fc\n");
    CHECK(message_of_tar(renamed(tar_of({{raw("x"), "1"}}), "x", std::string(1, '\0'))) == "no error");
}

TEST_CASE("names that lead out of the layer stay in it") {
    for (const char* name : {"../canary", "a/../../canary", "../../../../../../tmp/canary"})
        CHECK(refusal({{raw(name), "x"}}) == "no error");
    const auto link = [](const std::string& target) { return Content{line("a", FileType::Symlink, 0777, target), ""}; };
    for (const char* target : {"..", "/", "../..", "/..", "../fs/..", "/proc/self/cwd", "b/../../.."}) {
        CAPTURE(target);
        CHECK(refusal({link(target), {raw("a/canary"), "x"}}) == "no error");
        CHECK(refusal({link(target), {folder_line("a/b"), ""}, {raw("a/b/c"), "x"}}) == "no error");
        CHECK(refusal({link(target), {mark_line("a/canary", LayerMark::Whiteout), ""}}) == "no error");
        CHECK(refusal({link(target), {mark_line("a", LayerMark::Opaque), ""}}) == "no error");
        CHECK(refusal({link(target), {raw("f"), "x"}, {hard_link_line("a/h", "f"), ""}, {hard_link_line("g", "a/h"), ""}}) == "no error");
        CHECK(refusal({link(target), {line("a/l", FileType::Symlink, 0777, ".."), ""}, {raw("a/l/canary"), "x"}}) == "no error");
    }
}

TEST_CASE("names lead through the symlinks of the layer, beneath its root") {
    const auto link = [](const std::string& name, const std::string& target) {
        return Content{line(name, FileType::Symlink, 0777, target), ""};
    };
    const std::string root = "d 0755 0:0 @0 . implicit\n";
    const std::string file = "f 0644 0:0 @1000 usr/lib/f 1 6b86b273ff34\n";
    for (const char* target : {"usr/lib", "/usr/lib", "../../usr/lib", "usr/./x/../lib/"}) {
        CAPTURE(target);
        const std::string made =
            root + "l 0777 0:0 @1000 lib -> " + target + "\nd 0755 0:0 @0 usr implicit\nd 0755 0:0 @0 usr/lib implicit\n" + file;
        CHECK(tree_of({link("lib", target), {raw("lib/f"), "1"}}) == made);
    }
    // over several links, and a file that stands where they lead
    CHECK(tree_of({link("a", "b/c"), link("b", "d"), {raw("a/f"), "1"}}).find("f 0644 0:0 @1000 d/c/f 1 6b86b273ff34\n") !=
          std::string::npos);
    CHECK(refusal({link("a", "f"), {raw("f"), ""}, {raw("a/b"), "x"}}) ==
          "the layer's entry \"a/b\" cannot be unpacked: its parent \"f\" is no directory in this layer");
    CHECK(refusal({link("a", "b"), link("b", "a"), {raw("a/f"), ""}}) ==
          "the layer's entry \"a/f\" cannot be unpacked: its name leads through more than 255 symlinks of this layer: they form a loop");
    CHECK(refusal({link("a", ".wh.b"), {raw("a/f"), ""}}).find("which is the name of a whiteout") != std::string::npos);
    // the last part is not followed: the link itself is what is replaced or removed
    CHECK(tree_of({link("a", "b"), {folder_line("a"), ""}, {raw("a/f"), "1"}}) ==
          root + "d 0755 0:0 @1000 a\nf 0644 0:0 @1000 a/f 1 6b86b273ff34\n");
    // a link that is gone leads nowhere any more, also below a folder that is gone
    CHECK(tree_of({link("a", "b"), {raw("a"), "x"}, {folder_line("a"), ""}, {raw("a/f"), "1"}}) ==
          root + "d 0755 0:0 @1000 a\nf 0644 0:0 @1000 a/f 1 6b86b273ff34\n");
    CHECK(tree_of({link("d/a", "../b"), {raw("d"), "x"}, {raw("f"), ""}, {folder_line("d"), ""}, {raw("d/a/f"), "1"}})
              .find("@1000 d/a/f 1 6b86b273ff34\n") != std::string::npos);
    // a second name of a link is one
    CHECK(tree_of({link("a", "b"), {hard_link_line("c", "a"), ""}, {raw("c/f"), "1"}}).find("@1000 b/f 1 6b86b273ff34\n") !=
          std::string::npos);
    CHECK(refusal({{raw("a"), ""}, {raw("a/b"), "x"}}) ==
          "the layer's entry \"a/b\" cannot be unpacked: its parent \"a\" is no directory in this layer");
}

TEST_CASE("hostile hard links are refused") {
    const auto entry = [](const std::string& why) { return "the layer's entry \"h\" cannot be unpacked: " + why; };
    CHECK(refusal({{hard_link_line("h", "../canary"), ""}}) == entry("it is a hard link to \"../canary\", which is not in this layer"));
    CHECK(refusal({{hard_link_line("h", "missing"), ""}}) == entry("it is a hard link to \"missing\", which is not in this layer"));
    CHECK(refusal({{hard_link_line("h", "no/such/place"), ""}}) ==
          entry("it is a hard link to \"no/such/place\", which is not in this layer"));
    CHECK(refusal({{line("l", FileType::Symlink, 0777, ".."), ""}, {hard_link_line("h", "l/canary"), ""}}) ==
          entry("it is a hard link to \"l/canary\", which is not in this layer"));
    CHECK(refusal({{mark_line("w", LayerMark::Whiteout), ""}, {hard_link_line("h", "w"), ""}}) ==
          entry("it is a hard link to \"w\", which is not in this layer"));
    CHECK(refusal({{folder_line("d"), ""}, {hard_link_line("h", "d"), ""}}) == entry("it is a hard link to \"d\", which is a directory"));
    CHECK(refusal({{hard_link_line("h", "h"), ""}}) == entry("it is a hard link to \"h\", which is not in this layer"));
    // a link to a symlink is a second name of the symlink, not of what it points at
    CHECK(refusal({{line("l", FileType::Symlink, 0777, "../canary"), ""}, {hard_link_line("h", "l"), ""}}) == "no error");
    // an absolute target is one in the layer
    CHECK(refusal({{raw("f"), "1"}, {hard_link_line("h", "/f"), ""}}) == "no error");
}

TEST_CASE("odd whiteouts are refused") {
    const auto whiteout = [](const std::string& name) {
        return message_of_tar(renamed(tar_of({{raw(std::string(name.size(), 'q')), ""}}), std::string(name.size(), 'q'), name));
    };
    const std::string nothing = "it is a whiteout of nothing, of \".\" or of \"..\"";
    CHECK(whiteout(".wh.") == "the layer's entry \".wh.\" cannot be unpacked: " + nothing);
    CHECK(whiteout(".wh..") == "the layer's entry \".wh..\" cannot be unpacked: " + nothing);
    CHECK(whiteout(".wh...") == "the layer's entry \".wh...\" cannot be unpacked: " + nothing);
    CHECK(whiteout("a/.wh...") == "the layer's entry \"a/.wh...\" cannot be unpacked: " + nothing);
    CHECK(whiteout(".wh.a/b") ==
          "the layer's entry \".wh.a/b\" cannot be unpacked: it lies within \".wh.a\", which is the name of a whiteout");
    CHECK(whiteout(".wh..wh..opq/x") ==
          "the layer's entry \".wh..wh..opq/x\" cannot be unpacked: it lies within \".wh..wh..opq\", which is the name of a whiteout");
    CHECK(whiteout(".wh..hidden") == "no error");
    CHECK(whiteout(".wh..wh.plnk") == "no error");
    CHECK(whiteout(".wh..wh.plnk/12") == "no error");
    // in the form of overlayfs
    CHECK(tree_of({{line("zero", FileType::CharDevice, 0), ""}}) == tree_of({{mark_line("zero", LayerMark::Whiteout), ""}}));
}

TEST_CASE("what is refused says how to have the layer repaired") {
    const auto hint = [](const std::vector<Content>& contents) {
        const TemporaryDirectory folder;
        return unpack(tar_of(contents), folder / "fs").error().hint;
    };
    CHECK(hint({{hard_link_line("h", "x"), ""}}) ==
          "a hard link reaches into its own layer alone: have the layer made again with the file itself in it, before the link, or with a "
          "symlink in place of the link");
    CHECK(hint({{raw("a"), ""}, {raw("a/b"), ""}}) == "have the layer made again without the file \"/a\", or without what lies below it");
    CHECK(hint({{raw(std::string(256, 'n')), ""}}).find("have it made again by a tool that keeps to the image specification") !=
          std::string::npos);
}

TEST_CASE("what file systems do not take is refused") {
    const auto refused = [](const LayerEntry& line) { return refusal({{line, ""}}); };
    const auto entry = [](const std::string& why) { return "the layer's entry \"e\" cannot be unpacked: " + why; };
    CHECK(refusal({{raw(std::string(255, 'n')), ""}}) == "no error");
    CHECK(refusal({{raw("a/" + std::string(256, 'n')), ""}}).find("its name has a part of 256 bytes: file systems take 255") !=
          std::string::npos);
    CHECK(refused(line("e", FileType::Symlink, 0777, std::string(4095, 't'))) == "no error");
    CHECK(refused(line("e", FileType::Symlink, 0777, std::string(4096, 't'))) ==
          entry("it is a symlink to a path of 4096 bytes: file systems take less than 4096"));
    LayerEntry marked = raw("e");
    marked.entry.xattrs["security.capability"] = std::string("\1\0\0\2", 4) + std::string(15, '\0');
    CHECK(refused(marked) == entry("its extended attribute \"security.capability\" is malformed"));
    marked.entry.xattrs["security.capability"] += '\0';
    CHECK(refused(marked) == "no error");
    marked.entry.xattrs["user.large"] = std::string(65537, 'x');
    CHECK(refused(marked) == entry("its extended attribute \"user.large\" of 65537 bytes is none that a file system takes"));
}

TEST_CASE("trees are deep, but not without end") {
    std::string path = "d";
    for (int depth = 1; depth < 4096; ++depth) path += "/d";
    CHECK(refusal({{raw(path), ""}}) == "no error");
    CHECK(refusal({{raw(path + "/d"), ""}}).find("its name has more than 4096 parts") != std::string::npos);
}

TEST_CASE("the last of several entries of a name counts, and what was below it is gone") {
    const Content file{raw("a"), "1"}, other{raw("a"), "2"}, folder{folder_line("a", 0700), ""}, below{raw("a/b"), "1"};
    const Content link{line("a", FileType::Symlink, 0777, "../canary"), ""};
    const Content hard{hard_link_line("a", "f"), ""}, target{raw("f"), ""};
    const std::string root = "d 0755 0:0 @0 . implicit\n";
    const std::string second = root + "f 0644 0:0 @1000 a 1 d4735e3a265e\n";
    CHECK(tree_of({file, other}) == second);
    CHECK(tree_of({link, other}) == second);
    CHECK(tree_of({folder, other}) == second);
    CHECK(tree_of({below, other}) == second);
    CHECK(tree_of({below, file, folder}) == root + "d 0700 0:0 @1000 a\n");
    CHECK(tree_of({file, link}) == root + "l 0777 0:0 @1000 a -> ../canary\n");
    CHECK(tree_of({below, link}) == root + "l 0777 0:0 @1000 a -> ../canary\n");
    CHECK(tree_of({link, folder}) == root + "d 0700 0:0 @1000 a\n");
    CHECK(tree_of({file, {line("a", FileType::Fifo, 0644), ""}}) == root + "p 0644 0:0 @1000 a\n");
    // in the folder that was replaced, and in the new one, which is not what it was
    CHECK(tree_of({{raw("a/b/c"), "1"}, file, {raw("g/x"), ""}, folder, {raw("a/d"), "1"}}).find("a/b") == std::string::npos);
    const std::string twice = root + "f 0644 0:0 @1000 a links=2 0 e3b0c44298fc\nf 0644 0:0 @1000 f links=2 0 e3b0c44298fc\n";
    CHECK(tree_of({target, file, hard}) == twice);
    CHECK(tree_of({target, below, hard}) == twice);
    CHECK(tree_of({target, hard, hard}) == twice);
    // another name keeps what it is a name of
    CHECK(tree_of({target, hard, other}) == second + "f 0644 0:0 @1000 f 0 e3b0c44298fc\n");
    // a file twice over, as `tar` writes it
    CHECK(tree_of({target, {hard_link_line("f", "f"), ""}}) == root + "f 0644 0:0 @1000 f 0 e3b0c44298fc\n");
    CHECK(refusal({below, {hard_link_line("a", "a/b"), ""}}) ==
          "the layer's entry \"a\" cannot be unpacked: it is a hard link to \"a/b\", which is not in this layer");
}

TEST_CASE("the last of several entries of a directory describes it") {
    CHECK(tree_of({{folder_line("a", 0700), ""}, {raw("a/b"), "1"}, {folder_line("a", 0711), ""}}) ==
          "d 0755 0:0 @0 . implicit\n"
          "d 0711 0:0 @1000 a\n"
          "f 0644 0:0 @1000 a/b 1 6b86b273ff34\n");
}

TEST_CASE("a whiteout speaks of lower layers only, wherever it stands in the tar") {
    const std::string tree =
        "d 0755 0:0 @0 . implicit\n"
        "d 0755 0:0 @1000 a opaque\n"
        "f 0644 0:0 @1000 a/b 1 6b86b273ff34\n"
        "f 0644 0:0 @1000 f 1 6b86b273ff34\n";
    const Content gone{mark_line("a", LayerMark::Whiteout), ""};
    const Content gone_file{mark_line("f", LayerMark::Whiteout), ""};
    CHECK(tree_of({gone, gone_file, {folder_line("a"), ""}, {raw("a/b"), "1"}, {raw("f"), "1"}}) == tree);
    CHECK(tree_of({{folder_line("a"), ""}, {raw("a/b"), "1"}, {raw("f"), "1"}, gone, gone_file}) == tree);
    CHECK(tree_of({gone, {raw("a/b"), "1"}}) == "d 0755 0:0 @0 . implicit\nd 0755 0:0 @0 a opaque\nf 0644 0:0 @1000 a/b 1 6b86b273ff34\n");
    // nor does a file in between change it
    CHECK(tree_of({gone, {raw("a"), "1"}, {folder_line("a"), ""}, {raw("a/b"), "1"}, gone_file, {raw("f"), "1"}}) == tree);
}

TEST_CASE("directories that the layer needs and does not describe are told, but for those in what it replaces") {
    const auto implied = [](const std::vector<Content>& contents) {
        const TemporaryDirectory folder;
        return unpack(tar_of(contents), folder / "fs").value().implied;
    };
    const Content gone{mark_line("a", LayerMark::Whiteout), ""}, below{raw("a/b/c"), "1"};
    CHECK(implied({below,
                   {folder_line("d"), ""},
                   {raw("d/e/f"), ""},
                   {mark_line("g/h", LayerMark::Whiteout), ""},
                   {mark_line("i", LayerMark::Opaque), ""}}) == std::vector<std::string>{"a", "a/b", "d/e", "g", "i"});
    CHECK(implied({below, {folder_line("a"), ""}, {folder_line("a/b"), ""}}).empty());
    CHECK(implied({gone, below}).empty());
    CHECK(implied({below, gone}).empty());
    CHECK(implied({below, {raw("a"), ""}}).empty());
    CHECK(implied({{folder_line("a"), ""}, below, gone}).empty());
}

TEST_CASE("owners") {
    LayerEntry owned = file_line("f", 0);
    owned.entry.uid = 1000;
    owned.entry.gid = 1001;
    const std::string tar = tar_of({{owned, "1"}});
    const TemporaryDirectory folder;
    REQUIRE(unpack(tar, folder / "ignored", {OwnerPolicy::Ignore, {}, 77}));
    CHECK(dump_tree(folder / "ignored") == "d 0755 0:0 @77 . implicit\nf 0644 0:0 @1000 f 1 6b86b273ff34\n");
    const Result<UnpackSummary> kept = unpack(tar, folder / "kept");
    if (kept) {
        CHECK(dump_tree(folder / "kept") == "d 0755 0:0 @0 . implicit\nf 0644 1000:1001 @1000 f 1 6b86b273ff34\n");
    } else {  // one id is mapped: the refusal says what to do
        CHECK(kept.error().message ==
              "the layer's entry \"f\" cannot be unpacked: \"f\" belongs to 1000:1001, and this user namespace maps no such ids");
        CHECK(kept.error().hint == advise_ids(read_id_holder(), {1000, 1001}));
    }
}

TEST_CASE("a directory with the setgid bit does not pass its group on") {
    LayerEntry shared = folder_line("d", 02775);
    const TemporaryDirectory folder;
    REQUIRE(unpack(tar_of({{shared, ""}, {folder_line("d/e"), ""}, {raw("d/e/f"), ""}, {shared, ""}}), folder / "fs"));
    CHECK(dump_tree(folder / "fs") ==
          "d 0755 0:0 @0 . implicit\nd 2775 0:0 @1000 d\nd 0755 0:0 @1000 d/e\nf 0644 0:0 @1000 d/e/f 0 e3b0c44298fc\n");
}

TEST_CASE("device nodes cannot be made in a user namespace: a note says so") {
    LayerEntry device = line("null", FileType::CharDevice, 0666);
    device.entry.device = std::uint64_t{1} << 32U | 3U;
    const TemporaryDirectory folder;
    const UnpackSummary summary = unpack(tar_of({{device, ""}, {raw("f"), "12"}}), folder / "fs").value();
    CHECK(summary.notes ==
          std::vector<std::string>{"\"/null\" is a device node, which cannot be made in a user namespace: it is left out"});
    CHECK(summary.entries == 2);
    CHECK(summary.bytes == 2);
}

TEST_CASE("our tars are the same after unpacking and packing again") {
    LayerEntry attributed = file_line("a/f", 0);
    attributed.entry.xattrs["user.k"] = std::string("\0v", 2);
    LayerEntry root = folder_line(".", 0711);
    const std::string deep = std::string(90, 'p') + "/" + std::string(90, 'q') + "/" + std::string(90, '\xfe');
    const std::vector<Content> body = {{mark_line("gone", LayerMark::Whiteout), ""},
                                       {folder_line("a", 0700), ""},
                                       {mark_line("a", LayerMark::Opaque), ""},
                                       {attributed, std::string(100'000, 'z')},
                                       {hard_link_line("a/g", "a/f"), ""},
                                       {folder_line("a-b"), ""},
                                       {line("l", FileType::Symlink, 0777, "gone"), ""},
                                       {folder_line(std::string(90, 'p')), ""},
                                       {folder_line(std::string(90, 'p') + "/" + std::string(90, 'q')), ""},
                                       {raw(deep), "1"},
                                       {line("z", FileType::Fifo, 0600), ""}};
    std::vector<Content> with_root = body;
    with_root.insert(with_root.begin(), {root, ""});
    for (const std::vector<Content>& contents : {body, with_root, {}, {{raw("x/y"), "no parent"}}}) {
        const TemporaryDirectory folder;
        const std::string tar = tar_of(contents);
        REQUIRE(unpack(tar, folder / "fs"));
        CHECK(retar(folder / "fs") == tar);
    }
}

TEST_CASE("deep trees and many holes") {
    std::string path;
    for (int depth = 0; depth < 1500; ++depth) path += (depth > 0 ? "/d" : "d");
    const std::string tar = tar_of({{raw(path + "/f"), "1"}});
    const TemporaryDirectory folder;
    REQUIRE(unpack(tar, folder / "fs"));
    CHECK(retar(folder / "fs") == tar);
}

TEST_CASE("budgets hold while unpacking") {
    const TemporaryDirectory folder;
    UnpackOptions options;
    options.limits.max_bytes = 1000;
    CHECK(unpack(tar_of({{raw("a"), std::string(1001, 'x')}}), folder / "fs", options).error().message ==
          "the tar archive holds more than 1.00 kB (at \"a\"): it is not unpacked");
}
