#include "runtime/snapshot/merged_view.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/layer/upper_entry.h"
#include "runtime/snapshot/layer_folder.h"
#include "runtime/snapshot/layer_tree.h"
#include "runtime/snapshot/settled_folders.h"
#include "runtime/snapshot/unpack.h"
#include "runtime/sys/file.h"
#include "tests/support/layer_builder.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <map>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

std::string content(MergedView& view, const std::string& path) {
    const Result<Fd> file = view.open_file(path);
    if (!file) return file.error().message;
    std::array<char, 100> buffer{};
    return {buffer.data(), static_cast<std::size_t>(::read(file->get(), buffer.data(), buffer.size()))};
}

// All that a view shows below a directory, names of one file by the first of them.
void describe(MergedView& view, const std::string& directory, std::map<std::uint64_t, std::string>& first_names, std::string& text) {
    const Result<FolderEntries> entries = view.list(directory);
    REQUIRE(entries);
    for (const TreeEntry& entry : *entries) {
        const std::string path = path_in(directory, entry.name);
        text += format("{}{} {:o} {}:{} {} {}.{} {}", file_type_letter(entry.type), path, entry.mode, entry.uid, entry.gid, entry.size,
                       entry.mtime_s, entry.mtime_ns, entry.link_target);
        for (const auto& [name, value] : entry.xattrs) text += format(" {}={}", name, value);
        if (entry.hardlink != 0) text += " = " + first_names.emplace(entry.hardlink, path).first->second;
        if (entry.type == FileType::File) text += " " + content(view, path);
        text += "\n";
        if (entry.type == FileType::Directory) describe(view, path, first_names, text);
    }
}

std::string description(MergedView& view) {
    const auto root = view.stat(".");
    REQUIRE(root);
    std::string text = format("{:o} {}\n", (*root)->mode, (*root)->mtime_s);
    std::map<std::uint64_t, std::string> first_names;
    describe(view, ".", first_names, text);
    return text;
}

struct Stack {
    TemporaryDirectory folder;
    std::vector<std::string> layers;
    std::vector<std::string> tars;

    void add(const std::vector<Content>& contents) {
        const std::string snapshot = folder / std::to_string(layers.size());
        layers.push_back(snapshot + "/fs");
        REQUIRE(make_directories(layers.back()));
        tars.push_back(tar_of(contents));
        StringSource source(tars.back(), 100'000);
        const auto unpacked = unpack_layer(source, layers.back());
        REQUIRE(unpacked);
        if (!unpacked->implied.empty()) REQUIRE(write_implied(format("{}/{}", snapshot, kImpliedFile), unpacked->implied));
    }
    // Of layers that are held in memory.
    MergedView unpacked_nowhere() const {
        std::vector<std::shared_ptr<LayerFolder>> trees;
        for (const std::string& tar : tars) {
            StringSource source(tar, 100'000);
            trees.push_back(LayerTree::read(source, folder.path()).value());
        }
        return MergedView::of(trees).value();
    }
    MergedView view() const {
        MergedView on_disk = MergedView::open(layers).value();
        MergedView in_memory = unpacked_nowhere();
        CHECK(description(on_disk) == description(in_memory));
        check_settled(on_disk);
        return on_disk;
    }
    // What overlayfs shows is what the view shows, once the stack has the layer that settles it.
    void check_settled(MergedView& view) const {
        const LayerEntries settled = settled_folders(layers).value();
        std::map<std::string, TreeEntry> topmost;
        for (const LayerEntry& entry : settled) topmost[entry.path] = entry.entry;
        std::vector<std::string> folders{"."};
        while (!folders.empty()) {
            const std::string path = folders.back();
            folders.pop_back();
            CAPTURE(path);
            const TreeEntry shown = view.stat(path).value().value();
            if (!topmost.contains(path)) topmost[path] = as_overlayfs_has_it(path);
            if (path != ".") CHECK(facts_of(topmost[path]) == facts_of(shown));
            const FolderEntries entries = view.list(path).value();
            for (const TreeEntry& entry : entries)
                if (entry.type == FileType::Directory) folders.push_back(path_in(path, entry.name));
        }
    }
    TreeEntry as_overlayfs_has_it(const std::string& path) const {
        for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer)
            if (is_directory(*layer + "/" + path))
                return read_upper_entry(open_file(*layer, O_RDONLY | O_DIRECTORY).value().get(), path, path).value().facts;
        return {};
    }
    static std::string facts_of(const TreeEntry& entry) {
        std::string text = format("{:o} {}:{} {}", entry.mode, entry.uid, entry.gid, entry.mtime_s);
        for (const auto& [name, value] : entry.xattrs) text += format(" {}={}", name, value);
        return text;
    }
};

std::string facts(MergedView& view, const std::string& path) { return Stack::facts_of(view.stat(path).value().value()); }

Content described(const std::string& path, std::uint32_t mode, std::int64_t time, const std::string& note = {}) {
    LayerEntry entry = folder_line(path, mode);
    entry.entry.mtime_s = time;
    if (!note.empty()) entry.entry.xattrs["user.note"] = note;
    return {entry, ""};
}

std::string names(MergedView& view, const std::string& directory) {
    std::string text;
    const Result<FolderEntries> entries = view.list(directory);
    if (!entries) return entries.error().message;
    for (const TreeEntry& entry : *entries) text += (text.empty() ? "" : " ") + entry.name;
    return text;
}

std::string resolved(MergedView& view, const std::string& path, bool follow_last = true) {
    const Result<std::string> result = view.resolve(path, follow_last);
    return result ? *result : result.error().message;
}

}  // namespace

TEST_CASE("upper layers hide lower ones as overlayfs does") {
    Stack stack;
    stack.add({{folder_line("a"), ""},
               {file_line("a/1", 0), "one"},
               {file_line("a/2", 0), "two"},
               {folder_line("b"), ""},
               {file_line("b/1", 0), "one"},
               {folder_line("c"), ""},
               {file_line("c/1", 0), "one"},
               {file_line("f", 0), "file"}});
    stack.add({{mark_line("f", LayerMark::Whiteout), ""},
               {folder_line("a", 0700), ""},
               {mark_line("a/1", LayerMark::Whiteout), ""},
               {file_line("a/2", 0), "TWO"},
               {file_line("a/3", 0), "three"},
               {folder_line("b"), ""},
               {mark_line("b", LayerMark::Opaque), ""},
               {file_line("b/9", 0), "nine"},
               {file_line("c", 0), "now a file"}});
    MergedView view = stack.view();
    CHECK(names(view, ".") == "a b c");
    CHECK(names(view, "a") == "2 3");
    CHECK(names(view, "b") == "9");
    CHECK(names(view, "c") == "\"/c\" is no directory");
    CHECK(names(view, "nowhere") == "\"/nowhere\" is no directory");
    CHECK(view.stat("a").value()->mode == 0700);
    CHECK_FALSE(view.stat("f").value());
    CHECK_FALSE(view.stat("a/1").value());
    CHECK_FALSE(view.stat("b/1").value());
    CHECK_FALSE(view.stat("c/1").value());
    CHECK(content(view, "a/2") == "TWO");
    CHECK(content(view, "a") == "\"/a\" is no file in the image");
    CHECK(content(view, "/../a/./2") == "TWO");  // no path leads out
    CHECK(view.stat("/..").value()->type == FileType::Directory);
    CHECK(view.digests({{"a/2", {}}, {"c", {}}}).value() == std::vector<Digest>{Digest::of("TWO"), Digest::of("now a file")});
    // a third layer brings back what the second took away, but not what was in it
    stack.add({{folder_line("c"), ""}, {file_line("c/2", 0), "two"}, {file_line("f", 0), "again"}});
    MergedView more = stack.view();
    CHECK(names(more, ".") == "a b c f");
    CHECK(names(more, "c") == "2");
}

TEST_CASE("directories that a layer does not describe are as those of the layers below") {
    Stack stack;
    stack.add({described("tmp", 01777, 11, "kept"),
               described("a", 0711, 12),
               described("a/b", 0700, 13),
               {file_line("a/b/old", 0), ""},
               described("gone", 0700, 14),
               {file_line("f", 0), ""}});
    SUBCASE("what the layer puts there, and what it takes away") {
        stack.add({{file_line("tmp/x", 0), "x"}, {mark_line("a/b/old", LayerMark::Whiteout), ""}, {file_line("new/y", 0), ""}});
        MergedView view = stack.view();
        CHECK(facts(view, "tmp") == "1777 0:0 11 user.note=kept");
        CHECK(facts(view, "a") == "711 0:0 12");
        CHECK(facts(view, "a/b") == "700 0:0 13");
        CHECK(facts(view, "new") == "755 0:0 0");
        CHECK(names(view, "a/b").empty());
    }
    SUBCASE("through several such layers, and of the topmost that describes it") {
        stack.add({{file_line("tmp/x", 0), "x"}, {file_line("a/b/x", 0), ""}});
        stack.add({described("a/b", 0750, 15), {file_line("tmp/y", 0), ""}});
        stack.add({{file_line("a/b/c/z", 0), ""}, {file_line("tmp/z", 0), ""}});
        MergedView view = stack.view();
        CHECK(facts(view, "tmp") == "1777 0:0 11 user.note=kept");
        CHECK(facts(view, "a") == "711 0:0 12");
        CHECK(facts(view, "a/b") == "750 0:0 15");
        CHECK(facts(view, "a/b/c") == "755 0:0 0");
        stack.add({described("tmp", 0700, 16)});
        MergedView more = stack.view();
        CHECK(facts(more, "tmp") == "700 0:0 16");
    }
    SUBCASE("opaque ones, whose content is hidden, too") {
        stack.add({{mark_line("a", LayerMark::Opaque), ""}, {file_line("a/b/new", 0), ""}, {mark_line("tmp", LayerMark::Opaque), ""}});
        MergedView view = stack.view();
        CHECK(facts(view, "a") == "711 0:0 12");
        CHECK(facts(view, "a/b") == "700 0:0 13");
        CHECK(names(view, "a/b") == "new");
        CHECK(facts(view, "tmp") == "1777 0:0 11 user.note=kept");
        stack.add({{file_line("a/b/newer", 0), ""}});
        MergedView more = stack.view();
        CHECK(facts(more, "a/b") == "700 0:0 13");
        CHECK(names(more, "a/b") == "new newer");
    }
    SUBCASE("not those that stand where something was removed, replaced or never was a directory") {
        stack.add({{mark_line("a", LayerMark::Whiteout), ""},
                   {file_line("a/b/new", 0), ""},
                   {file_line("f/new", 0), ""},
                   {mark_line("gone", LayerMark::Whiteout), ""}});
        stack.add({{file_line("gone/again", 0), ""}, {file_line("a/b/newer", 0), ""}});
        MergedView view = stack.view();
        for (const char* path : {"a", "a/b", "f", "gone"}) CHECK(facts(view, path) == "755 0:0 0");
        CHECK(names(view, "a/b") == "new newer");
    }
}

TEST_CASE("a stack that needs nothing settled gets nothing") {
    Stack stack;
    stack.add({described("a", 0711, 12), {file_line("a/f", 0), ""}});
    stack.add({described("a", 0711, 12), {file_line("a/g", 0), ""}, {file_line("new/h", 0), ""}});
    CHECK(settled_folders(stack.layers).value().empty());
    stack.add({{file_line("a/i", 0), ""}});
    const LayerEntries settled = settled_folders(stack.layers).value();
    REQUIRE(settled.size() == 2);
    CHECK(settled[0].path == ".");
    CHECK(settled[1].path == "a");
}

TEST_CASE("an empty stack is an empty root") {
    MergedView view = MergedView::open({}).value();
    CHECK(names(view, ".") == "");
    CHECK(view.stat(".").value()->mode == 0755);
    CHECK(view.stat(".").value()->type == FileType::Directory);
    CHECK_FALSE(view.stat("a/b").value());
}

TEST_CASE("names of one file say so") {
    Stack stack;
    stack.add({{file_line("a", 0), "1"}, {hard_link_line("b", "a"), ""}, {file_line("c", 0), "1"}});
    MergedView view = stack.view();
    CHECK(view.stat("a").value()->hardlink == view.stat("b").value()->hardlink);
    CHECK(view.stat("a").value()->hardlink != 0);
    CHECK(view.stat("c").value()->hardlink == 0);
}

TEST_CASE("symlinks are resolved inside the root") {
    Stack stack;
    stack.add({{folder_line("usr"), ""},
               {folder_line("usr/bin"), ""},
               {file_line("usr/bin/sh", 0), ""},
               {line("bin", FileType::Symlink, 0777, "usr/bin"), ""},
               {line("abs", FileType::Symlink, 0777, "/bin/../bin/sh"), ""},
               {line("out", FileType::Symlink, 0777, "../../../etc/passwd"), ""},
               {line("loop1", FileType::Symlink, 0777, "loop2"), ""},
               {line("loop2", FileType::Symlink, 0777, "loop1"), ""},
               {line("self", FileType::Symlink, 0777, "."), ""}});
    stack.add({{line("usr/up", FileType::Symlink, 0777, "../bin"), ""}});
    MergedView view = stack.view();
    CHECK(resolved(view, "/bin/sh") == "usr/bin/sh");
    CHECK(resolved(view, "bin") == "usr/bin");
    CHECK(resolved(view, "bin", false) == "bin");
    CHECK(resolved(view, "usr/up/x/y") == "usr/bin/x/y");
    CHECK(resolved(view, "abs") == "usr/bin/sh");
    CHECK(resolved(view, "out") == "etc/passwd");
    CHECK(resolved(view, "../../x") == "x");
    CHECK(resolved(view, "bin/..") == "usr");
    CHECK(resolved(view, "/") == ".");
    CHECK(resolved(view, "") == ".");
    CHECK(resolved(view, "self/self/bin/sh") == "usr/bin/sh");
    CHECK(resolved(view, "loop1/x") == "\"/loop1/x\" leads through more than 40 symlinks: they form a loop");
    CHECK(resolved(view, "loop1", false) == "loop1");
}
