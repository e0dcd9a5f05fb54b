#include "runtime/context/local_tree.h"

#include "plans/base/format.h"
#include "plans/tree/ignoring_reader.h"
#include "plans/tree/selection.h"
#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

// A folder with files and the tree over it.
struct Sample {
    tests::TemporaryDirectory folder;
    DigestCache cache{""};

    void write(const std::string& name, const std::string& content, mode_t mode = 0644) {
        REQUIRE(make_directories(std::string(std::filesystem::path(folder / name).parent_path())));
        REQUIRE(write_file(folder / name, content, mode, Durability::Cached));
        REQUIRE(::chmod((folder / name).c_str(), mode) == 0);
    }
    void set_mtime(const std::string& name) {
        const timespec times[2] = {{1000, 1}, {1000, 1}};
        REQUIRE(::utimensat(AT_FDCWD, (folder / name).c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
    }
    // Until the clock of file times has passed the last change of the file. It may lag behind a fine ctime by more than a tick.
    void settle(const std::string& name) {
        struct stat status {};
        REQUIRE(::stat((folder / name).c_str(), &status) == 0);
        while (file_clock_now() <= identity_of(status).ctime) ::usleep(500);
    }
    std::unique_ptr<LocalTree> open() { return open_local_tree(folder.path(), cache, {2}).value(); }
};

TreeEntry stat_of(TreeReader& tree, std::string_view path) {
    const auto entry = tree.stat(path);
    REQUIRE(entry);
    REQUIRE(entry->has_value());
    return **entry;
}

std::string read_open(const Fd& file) {
    std::string content(100, '\0');
    const ssize_t length = ::read(file.get(), content.data(), content.size());
    content.resize(static_cast<std::size_t>(length));
    return content;
}

}  // namespace

TEST_CASE("entries as they are on disk, owners as 0:0") {
    Sample sample;
    sample.write("b/run", "#!", 04755);
    sample.write("a.txt", "hello");
    sample.set_mtime("a.txt");
    REQUIRE(::symlink("../outside", (sample.folder / "b/link").c_str()) == 0);
    REQUIRE(::mkfifo((sample.folder / "b/pipe").c_str(), 0600) == 0);
    const auto tree = sample.open();

    const FolderEntries top = tree->list(".").value();
    REQUIRE(top.size() == 2);
    CHECK(top[0] == TreeEntry{"a.txt", FileType::File, 0644, 0, 0, 5, "", 0, 0, 1000, 1, {}});
    CHECK(top[1].name == "b");
    CHECK(top[1].type == FileType::Directory);
    CHECK(top[1].size == 0);

    const FolderEntries inner = tree->list("b").value();
    REQUIRE(inner.size() == 3);
    CHECK(inner[0].link_target == "../outside");
    CHECK(inner[0].type == FileType::Symlink);
    CHECK(inner[1].type == FileType::Fifo);
    CHECK(inner[2].mode == 04755);
    CHECK(stat_of(*tree, "b/run") == inner[2]);
    CHECK(stat_of(*tree, ".").type == FileType::Directory);
}

TEST_CASE("nothing is found outside, nor behind a symlink") {
    Sample sample;
    sample.write("in/file", "x");
    sample.write("in/sub/deep", "x");
    REQUIRE(::symlink("/etc", (sample.folder / "in/etc").c_str()) == 0);
    REQUIRE(::symlink("sub", (sample.folder / "in/alias").c_str()) == 0);
    const auto tree = open_local_tree(sample.folder / "in", sample.cache, {}).value();
    CHECK_FALSE(tree->stat("etc/passwd").value());
    CHECK_FALSE(tree->stat("alias/deep").value());
    CHECK_FALSE(tree->stat("..").value());
    CHECK_FALSE(tree->stat("../in/file").value());
    CHECK_FALSE(tree->stat("sub/../file").value());
    CHECK_FALSE(tree->stat("missing").value());
    CHECK_FALSE(tree->stat("file/below").value());
    CHECK_FALSE(tree->stat(std::string(300, 'x')).value());
    CHECK_FALSE(tree->list("etc"));
    CHECK_FALSE(tree->list(".."));
    CHECK_FALSE(tree->list("file"));
    CHECK_FALSE(tree->open_file("etc/passwd"));
    CHECK_FALSE(tree->open_file("alias/deep"));
    CHECK_FALSE(tree->open_file("alias"));
    CHECK(tree->open_file("sub").error().message == "\"sub\" is no regular file");
    CHECK(tree->list("alias").error().kind == ErrorKind::Input);
    CHECK_FALSE(tree->digests({{"etc/passwd", {}}}));

    const auto missing = open_local_tree(sample.folder / "nowhere", sample.cache, {});
    CHECK(missing.error().kind == ErrorKind::Input);
    CHECK(missing.error().message == "cannot open the folder \"" + (sample.folder / "nowhere") + "\": No such file or directory");
    CHECK(open_local_tree(sample.folder / "in/file", sample.cache, {}).error().kind == ErrorKind::Input);
}

TEST_CASE("names that are not UTF-8, blanks and line feeds") {
    Sample sample;
    sample.write("\xff name\n", "odd");
    const auto tree = sample.open();
    CHECK(tree->list(".").value()[0].name == "\xff name\n");
    CHECK(tree->digests({{"\xff name\n", {}}}).value().at(0) == Digest::of("odd"));
}

TEST_CASE("hard links within the tree share a number") {
    Sample sample;
    sample.write("a", "x");
    sample.write("single", "x");
    REQUIRE(make_directories(sample.folder / "d"));
    REQUIRE(::link((sample.folder / "a").c_str(), (sample.folder / "d/b").c_str()) == 0);
    const auto tree = sample.open();
    CHECK(stat_of(*tree, "a").hardlink != 0);
    CHECK(stat_of(*tree, "a").hardlink == stat_of(*tree, "d/b").hardlink);
    CHECK(stat_of(*tree, "single").hardlink == 0);
}

TEST_CASE("extended attributes that belong into a layer") {
    Sample sample;
    sample.write("f", "x");
    const std::string path = sample.folder / "f";
    if (::setxattr(path.c_str(), "user.kept", "v", 1, 0) != 0) {
        CHECK(errno == EOPNOTSUPP);
        return;
    }
    REQUIRE(::setxattr(path.c_str(), "user.overlay.opaque", "y", 1, 0) == 0);
    const std::string large(2000, 'l');
    REQUIRE(::setxattr(path.c_str(), ("user." + std::string(240, 'n')).c_str(), large.data(), large.size(), 0) == 0);
    REQUIRE(::setxattr(path.c_str(), ("user." + std::string(240, 'm')).c_str(), "", 0, 0) == 0);
    REQUIRE(::setxattr(path.c_str(), ("user." + std::string(240, 'o')).c_str(), "", 0, 0) == 0);
    REQUIRE(::setxattr(sample.folder.path().c_str(), "user.dir", "d", 1, 0) == 0);
    sample.settle("f");
    const std::map<std::string, std::string> expected{{"user.kept", "v"},
                                                      {"user." + std::string(240, 'n'), large},
                                                      {"user." + std::string(240, 'm'), ""},
                                                      {"user." + std::string(240, 'o'), ""}};
    const auto tree = sample.open();
    CHECK(stat_of(*tree, "f").xattrs == expected);
    CHECK(stat_of(*tree, ".").xattrs == std::map<std::string, std::string>{{"user.dir", "d"}});
    CHECK(tree->digests({{"f", {}}}));
    CHECK(sample.cache.size() == 1);
    CHECK(stat_of(*sample.open(), "f").xattrs == expected);  // now from the cache
}

TEST_CASE("digests in the order asked, of listed files and others") {
    Sample sample;
    std::vector<TreePath> files;
    std::vector<Digest> expected;
    for (int i = 99; i >= 0; --i) {
        const std::string name = format("d{}/f{:02}", i % 7, i);
        sample.write(name, std::to_string(i));
        files.push_back({name, {}});
        expected.push_back(Digest::of(std::to_string(i)));
    }
    sample.write("large", std::string(3 << 20, 'x'));
    sample.write("empty", "");
    files.push_back({"large", {}});
    files.push_back({"empty", {}});
    expected.push_back(Digest::of(std::string(3 << 20, 'x')));
    expected.push_back(Digest::of(""));

    const auto tree = sample.open();
    REQUIRE(tree->list("d3"));
    CHECK(tree->digests(files).value() == expected);
    CHECK(tree->digests(files).value() == expected);
    CHECK(tree->digests({}).value().empty());
}

TEST_CASE("a known file is not read again") {
    Sample sample;
    sample.write("f", "first");
    sample.settle("f");
    REQUIRE(sample.open()->digests({{"f", {}}}));
    REQUIRE(sample.cache.size() == 1);

    struct stat status {};
    REQUIRE(::stat((sample.folder / "f").c_str(), &status) == 0);
    sample.cache.insert(identity_of(status), {status.st_ctim.tv_sec + 10, 0}, {sha256("a lie"), {}});
    const auto tree = sample.open();
    CHECK(tree->digests({{"f", {}}}).value().at(0) == Digest::of("a lie"));
    REQUIRE(tree->list("."));
    CHECK(tree->digests({{"f", {}}}).value().at(0) == Digest::of("a lie"));

    sample.write("f", "other");  // same size
    CHECK(sample.open()->digests({{"f", {}}}).value().at(0) == Digest::of("other"));
}

TEST_CASE("a file written just now is not trusted") {
    Sample sample;
    sample.write("f", "x");
    struct stat status {};
    REQUIRE(::stat((sample.folder / "f").c_str(), &status) == 0);
    sample.cache.insert(identity_of(status), {status.st_ctim.tv_sec, static_cast<std::uint32_t>(status.st_ctim.tv_nsec)},
                        {sha256("x"), {}});
    CHECK(sample.cache.size() == 0);
}

TEST_CASE("a file that changes between listing and reading is an error") {
    Sample sample;
    sample.write("f", "first");
    sample.write("g", "stays");
    const auto tree = sample.open();
    REQUIRE(tree->list("."));
    const Fd kept = tree->open_file("g").value();
    CHECK(tree->check_unchanged(kept, "g"));
    sample.write("f", "longer than before");
    CHECK(tree->digests({{"g", {}}, {"f", {}}}).error().message == "\"f\" changed while it was read");
    CHECK(tree->open_file("f").error().message == "\"f\" changed while it was read");
    REQUIRE(remove_tree(sample.folder / "f"));
    CHECK(tree->digests({{"f", {}}}).error().message == "cannot read \"f\": No such file or directory");
    REQUIRE(::mkfifo((sample.folder / "f").c_str(), 0600) == 0);
    CHECK(tree->digests({{"f", {}}}).error().message == "\"f\" changed while it was read");
}

TEST_CASE("an open file is checked after it was read") {
    Sample sample;
    sample.write("f", "content");
    const auto tree = sample.open();
    const Fd file = tree->open_file("f").value();
    CHECK(read_open(file) == "content");
    CHECK(tree->check_unchanged(file, "f"));
    REQUIRE(::truncate((sample.folder / "f").c_str(), 3) == 0);
    CHECK(tree->check_unchanged(file, "f").error().message == "\"f\" changed while it was read");
    CHECK_FALSE(tree->check_unchanged(file, "never opened"));
}

TEST_CASE("what can't be read says what to do") {
    Sample sample;
    sample.write("f", "x", 0);
    sample.write("closed/f", "x");
    REQUIRE(::chmod((sample.folder / "closed").c_str(), 0) == 0);
    if (::geteuid() != 0) {
        const auto tree = sample.open();
        const auto digest = tree->digests({{"f", {}}});
        REQUIRE_FALSE(digest);
        CHECK(digest.error().message == "cannot read \"f\": Permission denied");
        CHECK(digest.error().hint == "make it readable, or name it in .dockerignore");
        CHECK_FALSE(tree->list("closed"));
        IgnoringReader ignoring(*tree, PatternList::compile({"closed", "f"}).value());
        CHECK(select_sources(ignoring, {"."}, {}));
    }
    REQUIRE(::chmod((sample.folder / "closed").c_str(), 0755) == 0);
}

TEST_CASE("a COPY of a folder: sockets are listed but not selected, equal folders have equal digests") {
    Sample one, two;
    for (Sample* sample : {&one, &two}) {
        sample->write("src/main.c", "int main;");
        sample->write("src/lib/x.c", "x", 0755);
        REQUIRE(::symlink("lib/x.c", (sample->folder / "src/link").c_str()) == 0);
        const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, (sample->folder / "src/s").c_str(), sizeof(address.sun_path) - 1);
        REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
        ::close(fd);
    }
    const auto first = one.open();
    const auto second = two.open();
    CHECK(stat_of(*first, "src/s").type == FileType::Socket);
    const Selection selection = select_sources(*first, {"."}, {}).value();
    CHECK(selection.at(0).entries.size() == 5);
    CHECK(selection_digest(selection) == selection_digest(select_sources(*second, {"."}, {}).value()));
    two.write("src/main.c", "int main2;");
    const auto third = two.open();
    CHECK(describe_difference(flatten_selection(selection), flatten_selection(select_sources(*third, {"."}, {}).value())) ==
          std::vector<std::string>{"src/main.c: content"});
}
