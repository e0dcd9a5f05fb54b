#include "runtime/output/archive_file.h"

#include "runtime/sys/fd.h"
#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

using namespace mabplan;
using namespace mabplan::runtime;

TEST_CASE("a file appears whole, in a folder that is made, or not at all") {
    const tests::TemporaryDirectory folder;
    const std::string path = folder / "a/b/out.tar";
    const Status refused = write_archive(path, nullptr, [&](ByteSink& out) -> Status {
        MABPLAN_CHECK(out.write("half"));
        CHECK_FALSE(path_exists(path));
        return fail(ErrorKind::Verify, "damaged");
    });
    CHECK(refused.error().message == "damaged");
    CHECK(list_names(folder / "a/b").value().empty());
    REQUIRE(write_archive(path, nullptr, [](ByteSink& out) { return out.write("whole"); }));
    CHECK(read_file(path).value() == "whole");
    CHECK_FALSE(write_archive(path, nullptr, [](ByteSink&) -> Status { return fail(ErrorKind::Verify, "damaged"); }));
    CHECK(read_file(path).value() == "whole");
}

TEST_CASE("a minus is standard output") {
    const tests::TemporaryDirectory folder;
    std::fflush(stdout);
    const Fd before(::dup(STDOUT_FILENO));
    const Fd file(::open((folder / "out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    REQUIRE(::dup2(file.get(), STDOUT_FILENO) == STDOUT_FILENO);
    const Status written = write_archive("-", nullptr, [](ByteSink& out) { return out.write("bytes"); });
    REQUIRE(::dup2(before.get(), STDOUT_FILENO) == STDOUT_FILENO);
    CHECK(written);
    CHECK(read_file(folder / "out").value() == "bytes");
    CHECK_FALSE(path_exists("-"));
}
