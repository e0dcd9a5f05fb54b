#include "runtime/sys/folder_reader.h"

#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <fcntl.h>

#include <cerrno>
#include <set>
#include <string>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

std::set<std::string> names_in(FolderReader& folder) {
    std::set<std::string> names;
    while (const dirent* entry = folder.next()) names.insert(entry->d_name);
    return names;
}

std::size_t open_descriptors() { return list_names("/proc/self/fd")->size(); }

}  // namespace

TEST_CASE("all entries of a folder are read, but for itself and its parent") {
    const tests::TemporaryDirectory folder;
    REQUIRE(write_file(folder / "a", "1"));
    REQUIRE(write_file(folder / ".b", "2"));
    FolderReader reader(Fd(::open((folder / "").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
    CHECK(names_in(reader) == std::set<std::string>{"a", ".b"});
    CHECK(reader.error() == 0);
    CHECK(reader.next() == nullptr);
}

TEST_CASE("a folder that is open is read from the start, whatever was read of it") {
    const tests::TemporaryDirectory folder;
    REQUIRE(write_file(folder / "a", "1"));
    const Fd handle(::open((folder / "").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    for (int round = 0; round < 2; ++round) {
        FolderReader reader(reopen_folder(handle.get()));
        CHECK(names_in(reader) == std::set<std::string>{"a"});
    }
}

TEST_CASE("what cannot be opened or is no folder is an error and no empty folder, and nothing stays open") {
    const tests::TemporaryDirectory folder;
    REQUIRE(write_file(folder / "file", "1"));
    const std::size_t before = open_descriptors();
    {
        FolderReader missing(Fd(::open((folder / "none").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
        CHECK(missing.next() == nullptr);
        CHECK(missing.error() == ENOENT);
        FolderReader file(Fd(::open((folder / "file").c_str(), O_RDONLY | O_CLOEXEC)));
        CHECK(file.next() == nullptr);
        CHECK(file.error() == ENOTDIR);
        CHECK(file.fd() == -1);
    }
    CHECK(open_descriptors() == before);
}

TEST_CASE("a folder whose entries cannot be read is an error and no empty folder") {
    // a descriptor that names a folder without the right to read it
    const tests::TemporaryDirectory folder;
    REQUIRE(write_file(folder / "a", "1"));
    FolderReader reader(Fd(::open((folder / "").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)));
    CHECK(reader.next() == nullptr);
    CHECK(reader.error() == EBADF);
}
