#include "runtime/sys/disk_use.h"

#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <unistd.h>

using namespace mabplan::runtime;
using mabplan::tests::TemporaryDirectory;

namespace {

struct Folder {
    TemporaryDirectory place;
    std::string path = place / "snapshot";
    Folder() {
        REQUIRE(make_directories(path + "/fs/inner"));
        for (const char* name : {"/fs/a", "/fs/inner/b", "/seal"})
            REQUIRE(write_file(path + name, std::string(10'000, 'x'), 0644, Durability::Cached));
        REQUIRE(::link((path + "/fs/a").c_str(), (path + "/fs/again").c_str()) == 0);
    }
};

}  // namespace

TEST_CASE("what was noted of a folder is what looking through it finds") {
    const Folder it;
    CHECK_FALSE(noted_disk_use(it.path));
    REQUIRE(note_use_of_files(it.path, disk_use(it.path + "/fs")));
    CHECK(noted_disk_use(it.path) == disk_use(it.path));
    // files with several names count once, folders and what lies beside count as well
    CHECK(disk_use(it.path).inodes == 8);
    CHECK(disk_use(it.path + "/fs").bytes >= 20'000);
    CHECK(disk_use(it.path + "/fs").bytes < 60'000);
}

TEST_CASE("a note is believed, and only one that is whole") {
    const Folder it;
    const DiskUse more{1U << 30U, 5};
    REQUIRE(note_use_of_files(it.path, more));
    CHECK(noted_disk_use(it.path)->bytes > more.bytes);
    const std::string note = read_file(it.path + "/size").value();
    for (std::size_t i = 0; i < note.size(); ++i) {
        std::string damaged = note;
        damaged[i] = static_cast<char>(damaged[i] ^ 1);
        REQUIRE(write_file(it.path + "/size", damaged, 0644, Durability::Cached));
        CAPTURE(damaged);
        CHECK_FALSE(noted_disk_use(it.path));
        REQUIRE(write_file(it.path + "/size", note.substr(0, i), 0644, Durability::Cached));
        CHECK_FALSE(noted_disk_use(it.path));
    }
}
