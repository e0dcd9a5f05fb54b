#include "runtime/sys/file.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/system_error.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

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

TEST_CASE("a fifo, a socket or a folder is refused at once in place of a file; a pipe that is named by its descriptor is not") {
    const tests::TemporaryDirectory folder;
    REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
    CHECK(read_file(folder / "fifo").error().message == format("{} is a fifo: expected a regular file", quoted(folder / "fifo")));
    const Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = folder / "socket";
    REQUIRE(path.size() < sizeof address.sun_path);
    path.copy(address.sun_path, path.size());
    REQUIRE(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    CHECK(read_file(path).error().message == format("{} is a socket: expected a regular file", quoted(path)));
    CHECK(read_file(path).error().kind == ErrorKind::Input);
    CHECK(read_file("/dev/null").value().empty());

    int ends[2]{};
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const Fd reader(ends[0]);
    REQUIRE(::write(ends[1], "piped", 5) == 5);
    ::close(ends[1]);
    CHECK(read_file(format("/dev/fd/{}", reader.get())).value() == "piped");
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
