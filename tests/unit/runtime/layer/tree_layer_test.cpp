#include "runtime/layer/tree_layer.h"

#include "plans/tree/layer_xattr.h"
#include "runtime/layer/layer_entry.h"
#include "runtime/sys/file.h"
#include "tests/support/layer_builder.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <fcntl.h>

#include <algorithm>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

class FolderContents final : public ContentOpener {
public:
    explicit FolderContents(std::string folder) : folder_(std::move(folder)) {}
    Result<OpenedContent> open(const LayerEntry& entry) override {
        ++opened;
        MABPLAN_TRY(file, open_file(folder_ + "/" + entry.path, O_RDONLY));
        return OpenedContent{std::move(file)};
    }
    int opened = 0;

private:
    std::string folder_;
};

}  // namespace

TEST_CASE("entries come in layer order, whatever order they were given in") {
    const std::vector<LayerEntry> in_order = {folder_line("."),
                                              mark_line("gone", LayerMark::Whiteout),
                                              mark_line("zz", LayerMark::Whiteout),
                                              file_line("!", 0),
                                              folder_line("a"),
                                              mark_line("a", LayerMark::Opaque),
                                              mark_line("a/x", LayerMark::Whiteout),
                                              file_line("a/b", 0),
                                              file_line("a-b", 0),
                                              file_line("a.b", 0)};
    for (std::size_t a = 0; a < in_order.size(); ++a)
        for (std::size_t b = 0; b < in_order.size(); ++b)
            CHECK(precedes_in_layer({in_order[a].path, in_order[a].mark}, {in_order[b].path, in_order[b].mark}) == (a < b));

    const TemporaryDirectory folder;
    FolderContents contents(folder.path());
    StringSink straight;
    StringSink turned;
    LayerEntries forward;
    for (const LayerEntry& entry : in_order) forward.push_back(entry);
    LayerEntries backward;
    for (auto entry = in_order.rbegin(); entry != in_order.rend(); ++entry) backward.push_back(*entry);
    REQUIRE(write_tree_layer(forward, contents, {}, straight));
    REQUIRE(write_tree_layer(backward, contents, {}, turned));
    CHECK(straight.text == turned.text);
    CHECK(contents.opened == 0);  // empty files need no look
}

TEST_CASE("contents and clamped times") {
    const TemporaryDirectory folder;
    REQUIRE(write_file(folder / "one", "1"));
    REQUIRE(write_file(folder / "two", std::string(600'000, '2')));
    FolderContents contents(folder.path());
    LayerEntry old = file_line("one", 1);
    old.entry.mtime_s = 400;
    StringSink sink;
    REQUIRE(write_tree_layer({file_line("two", 600'000), file_line("one", 1), old}, contents, {500}, sink));
    LayerEntry clamped = file_line("two", 0);
    clamped.entry.mtime_s = 500;
    CHECK(sink.text == tar_of({{old, "1"}, {clamped, std::string(600'000, '2')}}));
    CHECK(contents.opened == 2);  // of the two called "one", the later
}

TEST_CASE("a file that changed since it was looked at is an error") {
    const TemporaryDirectory folder;
    REQUIRE(write_file(folder / "f", "123"));
    FolderContents contents(folder.path());
    StringSink sink;
    CHECK(write_tree_layer({file_line("f", 2)}, contents, {}, sink).error().message ==
          "\"f\" grew while it was read: it had 2 bytes when it was looked at");
    CHECK(write_tree_layer({file_line("f", 4)}, contents, {}, sink).error().message ==
          "\"f\" became shorter while it was read: 1 of its 4 bytes are missing");
}

TEST_CASE("which extended attributes belong into a layer") {
    CHECK(is_layer_xattr("user.mime_type"));
    CHECK(is_layer_xattr("security.capability"));
    CHECK_FALSE(is_layer_xattr("user.overlay.opaque"));
    CHECK_FALSE(is_layer_xattr("trusted.overlay.opaque"));
    CHECK_FALSE(is_layer_xattr("security.selinux"));
    CHECK_FALSE(is_layer_xattr("system.posix_acl_access"));
}
