// What is found in an upper folder, and whose times are set.
#include "runtime/freshness/written_files.h"

#include "tests/unit/runtime/freshness/layers_on_disk.h"

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

TEST_CASE("all is found but whiteouts, and gets another time where that is asked for") {
    TemporaryDirectory folder;
    const LayerOnDisk upper = LayerOnDisk(folder, "upper")
                                  .file("d/f", "content", 5 * kSecond)
                                  .file("other", "o", 6 * kSecond)
                                  .link("l", "/etc/passwd")
                                  .whiteout("gone");
    set_mtime(upper.fs + "/d", 5 * kSecond);
    const auto written = read_written(upper.fs, [](const WrittenPath& path) -> std::optional<std::int64_t> {
        if (path.mtime_ns == 100 * kSecond) return 101 * kSecond;
        if (path.mtime_ns != 5 * kSecond) return std::nullopt;
        return path.content() == fingerprint_of(ListedKind::File, "content") ? 7 * kSecond : 8 * kSecond;
    });
    REQUIRE(written);
    CHECK(written->size() == 4);
    CHECK(written->at(path_key("/d")).is_directory);
    CHECK(written->at(path_key("/d/f")).mtime_ns == 5 * kSecond);
    CHECK_FALSE(written->at(path_key("/l")).is_directory);
    CHECK(mtime(upper.fs + "/d/f") == 7 * kSecond);
    CHECK(mtime(upper.fs + "/d") == 8 * kSecond);
    CHECK(mtime(upper.fs + "/other") == 6 * kSecond);
    CHECK(mtime(upper.fs + "/l") == 101 * kSecond);
}
