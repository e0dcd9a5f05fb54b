// Mount points leave no trace in the upper folder of a step, and what is not one stays.
#include "runtime/step/mount_points.h"

#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

struct Image {
    TemporaryDirectory folder;
    std::string lower = folder / "lower", upper = folder / "upper";
    Image() {
        for (const char* path : {"/etc", "/srv"}) REQUIRE(make_directories(lower + path));
        REQUIRE(make_directories(upper));
    }
    void made(const std::string& path) const { REQUIRE(make_directories(upper + path)); }
    bool has(const std::string& path) const { return std::filesystem::exists(std::filesystem::symlink_status(upper + path)); }
    void clean(const std::vector<std::string>& targets, const timespec& since = {}) const {
        auto view = MergedView::open({lower});
        REQUIRE(view);
        const auto points = MountPoints::missing_in(*view, targets);
        REQUIRE(points);
        REQUIRE(points->remove_from(upper, since));
    }
};

}  // namespace

TEST_CASE("empty ones go, with the parents that were made for them") {
    const Image image;
    image.made("/a/b/c");
    image.made("/srv/x");
    REQUIRE(write_file(image.upper + "/srv/file", ""));
    image.clean({"/a/b/c", "/srv/x", "/srv/file"});
    CHECK_FALSE(image.has("/a"));
    CHECK_FALSE(image.has("/srv/x"));
    CHECK_FALSE(image.has("/srv/file"));
    CHECK(image.has("/srv"));
}

TEST_CASE("what the step put there or beside stays") {
    const Image image;
    image.made("/a/b");
    REQUIRE(write_file(image.upper + "/a/own", "x"));
    REQUIRE(write_file(image.upper + "/filled", "x"));
    image.clean({"/a/b", "/filled"});
    CHECK_FALSE(image.has("/a/b"));
    CHECK(image.has("/a/own"));
    CHECK(image.has("/filled"));
}

TEST_CASE("what the image has is no mount point of ours") {
    const Image image;
    image.made("/etc");
    image.clean({"/etc"});
    CHECK(image.has("/etc"));
}

TEST_CASE("a symlink that the step put in the way is not followed") {
    const Image image;
    const std::string outside = image.folder / "outside";
    REQUIRE(make_directories(outside + "/b"));
    std::filesystem::create_symlink(outside, image.upper + "/a");
    image.clean({"/a/b"});
    CHECK(std::filesystem::exists(outside + "/b"));
    CHECK(image.has("/a"));
}

TEST_CASE("a folder that held mount points alone has the time of the image's again") {
    const Image image;
    image.made("/srv/x");
    struct stat lower {
    }, upper{};
    image.clean({"/srv/x"});
    REQUIRE(::stat((image.lower + "/srv").c_str(), &lower) == 0);
    REQUIRE(::stat((image.upper + "/srv").c_str(), &upper) == 0);
    CHECK(lower.st_mtim.tv_sec == upper.st_mtim.tv_sec);
    CHECK(lower.st_mtim.tv_nsec == upper.st_mtim.tv_nsec);
}

TEST_CASE("folders that held a mount point keep the time that the step gave them") {
    const Image image;
    const auto time_of = [&](const std::string& path) {
        struct stat facts {};
        REQUIRE(::stat((image.upper + path).c_str(), &facts) == 0);
        return facts.st_mtim.tv_sec;
    };
    const auto touch = [&](const std::string& path, time_t time) {
        const timespec times[2] = {{time, 0}, {time, 0}};
        REQUIRE(::utimensat(AT_FDCWD, (image.upper + path).c_str(), times, 0) == 0);
    };
    image.made("/srv/x");      // nothing else in it
    image.made("/etc/x");      // beside a file of the step
    image.made("/new/sub/x");  // a folder that the step made its own
    for (const char* file : {"/etc/own", "/new/sub/own"}) REQUIRE(write_file(image.upper + file, "x"));
    touch("/srv", 5);
    touch("/etc", 6);
    touch("/new/sub", 7);
    touch("/new", 8);
    image.clean({"/srv/x", "/etc/x", "/new/sub/x"}, {1000, 0});
    for (const char* gone : {"/srv/x", "/etc/x", "/new/sub/x"}) CHECK_FALSE(image.has(gone));
    CHECK(time_of("/srv") == 5);
    CHECK(time_of("/etc") == 6);
    CHECK(time_of("/new/sub") == 7);
    CHECK(time_of("/new") == 8);
}
