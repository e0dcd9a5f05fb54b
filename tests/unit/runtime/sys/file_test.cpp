#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

using namespace mabplan;
using namespace mabplan::runtime;

TEST_CASE("a file is written whole and read back") {
    const tests::TemporaryDirectory folder;
    REQUIRE(write_file(folder / "a", "one"));
    REQUIRE(write_file(folder / "a", std::string("t\0wo", 4)));
    CHECK(read_file(folder / "a").value() == std::string("t\0wo", 4));
    CHECK(list_names(folder.path()).value() == std::vector<std::string>{"a"});
    CHECK_FALSE(read_file(folder / "a", 3));
    CHECK(read_file(folder / "missing").error().kind == ErrorKind::Input);
    CHECK_FALSE(read_file(folder.path()));
}

TEST_CASE("remove_tree takes folders without permissions and leaves what links point at") {
    const tests::TemporaryDirectory folder;
    REQUIRE(make_directories(folder / "t/a/b"));
    REQUIRE(write_file(folder / "keep", "x"));
    REQUIRE(write_file(folder / "t/a/b/f", "x"));
    std::filesystem::create_symlink(folder / "keep", folder / "t/link");
    std::filesystem::create_directory_symlink(folder.path(), folder / "t/a/up");
    ::chmod((folder / "t/a/b").c_str(), 0);
    REQUIRE(remove_tree(folder / "t"));
    CHECK_FALSE(path_exists(folder / "t"));
    CHECK(path_exists(folder / "keep"));
    CHECK(remove_tree(folder / "t"));
}

TEST_CASE("remove_tree takes trees that are deeper than files may be open") {
    const tests::TemporaryDirectory folder;
    REQUIRE(make_directories(folder / "t"));
    Fd directory = open_file(folder / "t", O_RDONLY | O_DIRECTORY).value();
    for (int depth = 0; depth < 3000; ++depth) {
        REQUIRE(::mkdirat(directory.get(), "d", 0755) == 0);
        directory = Fd(::openat(directory.get(), "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
    directory.reset();
    REQUIRE(remove_tree(folder / "t"));
    CHECK_FALSE(path_exists(folder / "t"));
}

TEST_CASE("a full disk is told with what to do") {
    const Error error = system_error(ENOSPC, "write", "/x", ErrorKind::Input).value();
    CHECK(error.kind == ErrorKind::Environment);
    CHECK(error.message == "cannot write \"/x\": No space left on device");
    CHECK(error.hint.find("mabplan cache prune") != std::string::npos);
}
