// Names that nobody else has, files that come whole, and trees that go whole.
#include "runtime/sys/temporary.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <set>
#include <string>
#include <thread>

using namespace mabplan;
using namespace mabplan::runtime;
using mabplan::tests::TemporaryDirectory;

TEST_CASE("a fresh folder is empty, whoever asked before") {
    const TemporaryDirectory folder;
    std::set<std::string> made;
    for (int round = 0; round < 200; ++round) {
        const std::string path = make_fresh_folder(folder.path(), "step").value();
        CHECK(path.starts_with(folder / "step-"));
        CHECK(list_names(path).value().empty());
        REQUIRE(write_file(path + "/mine", ""));
        CHECK(made.insert(path).second);
    }
    struct stat facts {};
    REQUIRE(::stat(made.begin()->c_str(), &facts) == 0);
    CHECK((facts.st_mode & 07777) == 0700);
    CHECK_FALSE(make_fresh_folder(folder / "missing", "step"));
}

TEST_CASE("children of one process, which have its memory, get different names") {
    const TemporaryDirectory folder;
    constexpr int kChildren = 20;
    for (int child = 0; child < kChildren; ++child) {
        if (::fork() == 0) ::_exit(make_fresh_folder(folder.path(), "x") ? 0 : 1);
    }
    for (int child = 0; child < kChildren; ++child) {
        int status = -1;
        REQUIRE(::wait(&status) > 0);
        CHECK(status == 0);
    }
    CHECK(list_names(folder.path()).value().size() == kChildren);
}

TEST_CASE("a new folder that exists is an error, and stays as it is") {
    const TemporaryDirectory folder;
    REQUIRE(make_new_folder(folder / "a"));
    REQUIRE(write_file(folder / "a/file", "of another"));
    CHECK(make_new_folder(folder / "a").error().message.find("File exists") != std::string::npos);
    CHECK(read_file(folder / "a/file").value() == "of another");
}

TEST_CASE("what cannot be replaced is written to, and stays what it is") {
    const TemporaryDirectory folder;
    REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
    const Fd reader(::open((folder / "pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    REQUIRE(write_file(folder / "pipe", "through"));
    char bytes[16] = {};
    CHECK(std::string_view(bytes, static_cast<std::size_t>(::read(reader.get(), bytes, sizeof bytes))) == "through");
    struct stat facts {};
    REQUIRE(::stat((folder / "pipe").c_str(), &facts) == 0);
    CHECK(S_ISFIFO(facts.st_mode));
    // a descriptor of ours, though it is that of a file: whoever opened it reads there
    const Fd file(::open((folder / "file").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    REQUIRE(write_file("/proc/self/fd/" + std::to_string(file.get()), "here"));
    CHECK(::pread(file.get(), bytes, sizeof bytes, 0) == 4);
    CHECK(list_names(folder.path()).value() == std::vector<std::string>{"file", "pipe"});
}

TEST_CASE("a link stays, and what it leads to is replaced") {
    const TemporaryDirectory folder;
    REQUIRE(make_directories(folder / "place"));
    REQUIRE(write_file(folder / "place/real", "old"));
    REQUIRE(::symlink("place/real", (folder / "link").c_str()) == 0);
    REQUIRE(write_file(folder / "link", "new"));
    CHECK(read_file(folder / "place/real").value() == "new");
    CHECK(std::filesystem::is_symlink(folder / "link"));
    CHECK(list_names(folder / "place").value().size() == 1);
}

TEST_CASE("a pending file is there when it is published, and leaves nothing otherwise") {
    const TemporaryDirectory folder;
    REQUIRE(write_file(folder / "out", "old"));
    {
        PendingFile file = PendingFile::beside(folder / "out").value();
        REQUIRE(file.write("new"));
        CHECK(read_file(folder / "out").value() == "old");
    }
    CHECK(list_names(folder.path()).value() == std::vector<std::string>{"out"});
    PendingFile file = PendingFile::beside(folder / "out").value();
    REQUIRE(file.write("new"));
    REQUIRE(file.publish(folder / "out", Durability::Synced));
    CHECK(read_file(folder / "out").value() == "new");
    CHECK(list_names(folder.path()).value() == std::vector<std::string>{"out"});
}

TEST_CASE("of several who write one file at once each is whole, and the last one stays") {
    const TemporaryDirectory folder;
    std::vector<std::thread> writers;
    for (char letter = 'a'; letter < 'i'; ++letter)
        writers.emplace_back([&folder, letter] {
            for (int round = 0; round < 20; ++round) {
                PendingFile file = PendingFile::beside(folder / "out").value();
                for (int piece = 0; piece < 10; ++piece) REQUIRE(file.write(std::string(100, letter)));
                REQUIRE(file.publish(folder / "out", Durability::Cached));
                const std::string seen = read_file(folder / "out").value();
                CHECK(seen == std::string(1000, seen.front()));
            }
        });
    for (std::thread& writer : writers) writer.join();
    CHECK(list_names(folder.path()).value() == std::vector<std::string>{"out"});
}

TEST_CASE("a name may be as long as names can be") {
    const TemporaryDirectory folder;
    const std::string path = folder / std::string(255, 'n');
    REQUIRE(write_file(path, "x"));
    CHECK(read_file(path).value() == "x");
}

TEST_CASE("what is put aside is out of sight and whole; what is not there is no error") {
    const TemporaryDirectory folder;
    REQUIRE(make_directories(folder / "tmp"));
    REQUIRE(make_directories(folder / "tree/a"));
    REQUIRE(write_file(folder / "tree/a/file", "x"));
    const auto aside = put_aside(folder / "tree", folder / "tmp").value();
    REQUIRE(aside);
    CHECK_FALSE(path_exists(folder / "tree"));
    CHECK(read_file(*aside + "/tree/a/file").value() == "x");
    CHECK_FALSE(put_aside(folder / "tree", folder / "tmp").value());
    CHECK(list_names(folder / "tmp").value().size() == 1);
    CHECK(remove_whole(folder / "tree", folder / "tmp"));
    REQUIRE(write_file(folder / "file", "x"));
    REQUIRE(remove_whole(folder / "file", folder / "tmp"));
    CHECK_FALSE(path_exists(folder / "file"));
    CHECK(list_names(folder / "tmp").value().size() == 1);
}

TEST_CASE("a link stays, and what it leads to is written, also where that is not there yet") {
    const TemporaryDirectory folder;
    REQUIRE(make_directories(folder / "sub"));
    std::filesystem::create_symlink("sub/link", folder / "first");
    std::filesystem::create_symlink("../target", folder / "sub/link");
    std::filesystem::create_symlink("loop", folder / "loop");
    CHECK(behind_links(folder / "first") == folder / "sub/../target");
    CHECK(behind_links(folder / "none") == folder / "none");
    CHECK(behind_links(folder / "loop") == folder / "loop");
    for (const char* text : {"one", "two"}) {
        REQUIRE(write_file(folder / "first", text));
        CHECK(read_file(folder / "target").value() == text);
        CHECK(std::filesystem::is_symlink(folder / "first"));
        CHECK(std::filesystem::is_symlink(folder / "sub/link"));
    }
}

TEST_CASE("a folder that is not there is named, and no name that was made up") {
    const TemporaryDirectory folder;
    CHECK(write_file(folder / "none/file", "x").error().message ==
          format("cannot write into the folder {}: No such file or directory", quoted(folder / "none")));
}

namespace {

void make_old(const std::string& path) {
    const std::array<timespec, 2> times{timespec{1000, 0}, timespec{1000, 0}};
    REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times.data(), 0) == 0);
}

}  // namespace

TEST_CASE("what a killed process left on its way goes, and what somebody works on, is new or another's stays") {
    const TemporaryDirectory folder;
    const std::string target = folder / "out.tar";
    auto living = PendingFile::beside(target).value();
    const std::vector<std::string> living_name = list_names(folder.path()).value();
    make_old(folder / living_name.at(0));
    for (const char* name : {"out.tar.mabplan-tmp-abcdefghij", "other.mabplan-tmp-abcdefghij", "out.tar.mabplan-tmp-abc",
                             "out.tar.mabplan-tmp-ABCDEFGHIJ", "out.tar.mabplan-tmp-zyxwvutsrq"})
        REQUIRE(write_file(folder / name, "part"));
    REQUIRE(make_directories(folder / "out.tar.mabplan-tmp-2345672345/inside"));
    for (const char* name : {"out.tar.mabplan-tmp-abcdefghij", "other.mabplan-tmp-abcdefghij", "out.tar.mabplan-tmp-abc",
                             "out.tar.mabplan-tmp-ABCDEFGHIJ", "out.tar.mabplan-tmp-2345672345"})
        make_old(folder / name);
    const auto is_there = [&](const std::string& name) { return path_exists(folder / name); };
    sweep_beside(target);
    CHECK_FALSE(is_there("out.tar.mabplan-tmp-abcdefghij"));
    CHECK_FALSE(is_there("out.tar.mabplan-tmp-2345672345"));
    CHECK(is_there("other.mabplan-tmp-abcdefghij"));
    CHECK(is_there("out.tar.mabplan-tmp-abc"));
    CHECK(is_there("out.tar.mabplan-tmp-ABCDEFGHIJ"));
    CHECK(is_there("out.tar.mabplan-tmp-zyxwvutsrq"));
    CHECK(is_there(living_name.at(0)));
    REQUIRE(living.publish(target, Durability::Cached));
    sweep_unfinished(folder.path());
    CHECK_FALSE(is_there("other.mabplan-tmp-abcdefghij"));
    CHECK(is_there("out.tar"));
}
