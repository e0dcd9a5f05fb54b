// Copies of files with other times: all else about them stays.
#include "runtime/freshness/refreshed_files.h"

#include "runtime/snapshot/merged_view.h"
#include "tests/unit/runtime/freshness/layers_on_disk.h"

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

TEST_CASE("only times change") {
    TemporaryDirectory folder;
    const LayerOnDisk below =
        LayerOnDisk(folder, "below").file("d/program", "program", 5 * kSecond).file("d/other", "other", 6 * kSecond).file("untouched", "u");
    const LayerOnDisk above = LayerOnDisk(folder, "above").file("d/new", "new", 7 * kSecond).link("l", "d/new");
    REQUIRE(::chmod((below.fs + "/d/program").c_str(), 04750) == 0);
    REQUIRE(::chmod((above.fs + "/d").c_str(), 0711) == 0);
    REQUIRE(::link((below.fs + "/d/other").c_str(), (below.fs + "/d/same").c_str()) == 0);
    REQUIRE(::setxattr((below.fs + "/d/other").c_str(), "user.kept", "v", 1, 0) == 0);
    set_mtime(above.fs + "/d", 9 * kSecond);
    set_mtime(above.fs, 11 * kSecond);
    const std::int64_t time = 50 * kSecond + 3;
    const std::string made = folder / "refreshed";
    REQUIRE(make_refreshed_folder(made, {below.fs, above.fs},
                                  {{"d/other", time}, {"d/program", time}, {"d/same", time}, {"l", time}, {"missing", time}}));
    CHECK(mtime(made + "/d/program") == time);
    CHECK(mtime(made + "/d/other") == time);
    CHECK(mtime(made + "/l") == time);
    CHECK(mtime(made + "/d") == 9 * kSecond);
    CHECK(mtime(made) == 11 * kSecond);
    CHECK_FALSE(path_exists(made + "/untouched"));
    struct stat facts {};
    REQUIRE(::stat((made + "/d/same").c_str(), &facts) == 0);
    CHECK(facts.st_nlink == 2);

    auto before = MergedView::open({below.fs, above.fs});
    auto after = MergedView::open({below.fs, above.fs, made});
    for (const char* path : {".", "d", "d/program", "d/other", "d/same", "d/new", "l", "untouched"}) {
        CAPTURE(path);
        auto was = before->stat(path).value().value(), is = after->stat(path).value().value();
        was.mtime_s = is.mtime_s = was.mtime_ns = is.mtime_ns = 0;
        was.hardlink = is.hardlink = 0;
        CHECK(was == is);
        if (was.type == FileType::File) CHECK(before->digests({{path, was}}).value() == after->digests({{path, is}}).value());
    }
}

TEST_CASE("a folder alone") {
    TemporaryDirectory folder;
    const LayerOnDisk layer = LayerOnDisk(folder, "layer").file("a/b/f", "f");
    const std::string made = folder / "refreshed";
    REQUIRE(make_refreshed_folder(made, {layer.fs}, {{"", 70 * kSecond}, {"a/b", 60 * kSecond}}));
    CHECK(mtime(made) == 70 * kSecond);
    CHECK(mtime(made + "/a/b") == 60 * kSecond);
    CHECK(mtime(made + "/a") == mtime(layer.fs + "/a"));
    CHECK(list_names(made + "/a/b").value().empty());
}
