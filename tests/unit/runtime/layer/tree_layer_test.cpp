#include "runtime/layer/tree_layer.h"

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
    FolderContents(std::string folder, std::vector<std::string> names) : folder_(std::move(folder)), names_(std::move(names)) {}
    Result<OpenedContent> open(std::size_t index) override {
        ++opened;
        MABPLAN_TRY(file, open_file(folder_ + "/" + names_[index], O_RDONLY));
        return OpenedContent{std::move(file)};
    }
    int opened = 0;

private:
    std::string folder_;
    std::vector<std::string> names_;
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
    std::vector<std::string> keys;
    for (const LayerEntry& entry : in_order) keys.push_back(layer_order_key(entry));
    CHECK(std::is_sorted(keys.begin(), keys.end()));

    const TemporaryDirectory folder;
    FolderContents contents(folder.path(), {});
    StringSink straight;
    StringSink turned;
    std::vector<LayerEntry> reversed(in_order.rbegin(), in_order.rend());
    REQUIRE(write_tree_layer(in_order, contents, {}, straight));
    REQUIRE(write_tree_layer(reversed, contents, {}, turned));
    CHECK(straight.text == turned.text);
    CHECK(contents.opened == 0);  // empty files need no look
}

TEST_CASE("contents and clamped times") {
    const TemporaryDirectory folder;
    REQUIRE(write_file(folder / "one", "1"));
    REQUIRE(write_file(folder / "two", std::string(600'000, '2')));
    FolderContents contents(folder.path(), {"two", "one", "one"});
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
    FolderContents contents(folder.path(), {"f"});
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
