// Root file systems as files: in a folder, and in a tar.
#include "runtime/output/folder_export.h"
#include "runtime/output/tar_export.h"
#include "runtime/sys/file.h"
#include "tests/support/built_images.h"
#include "tests/support/tar_listing.h"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <deque>
#include <filesystem>

using namespace mabplan;
using namespace mabplan::runtime;
using tests::file_line;
using tests::folder_line;
using Names = std::vector<std::string>;

namespace {

struct Roots : tests::BuiltImages {
    void add(const char* platform, const std::string& prefix, const std::vector<tests::Content>& contents) {
        views.push_back(layers.view(std::vector{add_layer(contents)}).value());
        roots.push_back({platform, prefix, &views.back()});
    }
    std::string tar(const LayerOptions& options = {}) const {
        tests::StringSink sink;
        REQUIRE(write_root_tar(roots, options, sink));
        return sink.text;
    }
    std::deque<MergedView> views;
    std::vector<ExportedRoot> roots;
    std::string out = folder / "out";
};

struct stat facts_of(const std::string& path) {
    struct stat facts {};
    REQUIRE(::lstat(path.c_str(), &facts) == 0);
    return facts;
}

tests::Content owned(tests::Content content, std::uint32_t uid) {
    content.entry.entry.uid = content.entry.entry.gid = uid;
    return content;
}

std::vector<tests::Content> some_files() {
    return {{folder_line("bin", 0555)},
            owned({file_line("bin/tool", 4, 0755), "tool"}, 7),
            {tests::hard_link_line("bin/twin", "bin/tool")},
            {tests::line("link", FileType::Symlink, 0777, "bin/tool")}};
}

}  // namespace

TEST_CASE("a folder gets files, modes, times and links; all of it is the caller's") {
    Roots roots;
    roots.add("linux/amd64", "", some_files());
    std::vector<std::string> notes;
    REQUIRE(write_root_folder(roots.roots, roots.out, notes));
    CHECK(notes.empty());
    CHECK(read_file(roots.out + "/bin/tool").value() == "tool");
    const struct stat tool = facts_of(roots.out + "/bin/tool");
    CHECK((tool.st_mode & 07777U) == 0755);
    CHECK(tool.st_mtim.tv_sec == 1000);
    CHECK(tool.st_uid == ::geteuid());
    CHECK(facts_of(roots.out + "/bin/twin").st_ino == tool.st_ino);
    CHECK((facts_of(roots.out + "/bin").st_mode & 07777U) == 0555);
    CHECK(facts_of(roots.out + "/bin").st_mtim.tv_sec == 1000);
    CHECK(std::filesystem::read_symlink(roots.out + "/link") == "bin/tool");
    CHECK(facts_of(roots.out + "/link").st_mtim.tv_sec == 1000);
    REQUIRE(::chmod((roots.out + "/bin").c_str(), 0755) == 0);  // so that it can be removed
}

TEST_CASE("what was in the folder is replaced where it stands in the way, and else stays; no link leads out") {
    Roots roots;
    roots.add("linux/amd64", "", {{folder_line("a")}, {file_line("a/f", 3), "new"}, {file_line("b", 3), "new"}});
    REQUIRE(make_directories(roots.out + "/b/c"));
    REQUIRE(make_directories(roots.folder / "elsewhere"));
    REQUIRE(write_file(roots.out + "/other", "stays"));
    std::filesystem::create_symlink(roots.folder / "elsewhere", roots.out + "/a");
    std::vector<std::string> notes;
    REQUIRE(write_root_folder(roots.roots, roots.out, notes));
    CHECK(read_file(roots.out + "/a/f").value() == "new");
    CHECK(read_file(roots.out + "/b").value() == "new");
    CHECK(read_file(roots.out + "/other").value() == "stays");
    CHECK(list_names(roots.folder / "elsewhere").value().empty());
    REQUIRE(write_root_folder(roots.roots, roots.out, notes));
    CHECK(list_names(roots.out).value() == Names{"a", "b", "other"});
}

TEST_CASE("a folder has no devices, and says so") {
    Roots roots;
    roots.add("linux/amd64", "", {{folder_line("dev")}, {tests::device_line("dev/null", 1, 3)}});
    std::vector<std::string> notes;
    REQUIRE(write_root_folder(roots.roots, roots.out, notes));
    CHECK(notes == Names{"\"/dev/null\" is no file, folder or link: it is left out"});
    CHECK(list_names(roots.out + "/dev").value().empty());
}

TEST_CASE("a tar has owners, modes and links as in the image, and nothing later than the time it is given") {
    Roots roots;
    roots.add("linux/amd64", "", some_files());
    const auto listed = tests::list_tar(roots.tar());
    CHECK(tests::names_of(listed) == Names{"bin/", "bin/tool", "bin/twin", "link"});
    CHECK(listed[1].entry.entry.uid == 7);
    CHECK(listed[1].entry.entry.mode == 0755);
    CHECK(listed[1].content == "tool");
    CHECK(listed[2].entry.hardlink == "bin/tool");
    CHECK(listed[3].entry.entry.link_target == "bin/tool");
    for (const auto& one : listed) CHECK(one.entry.entry.mtime_s == 1000);
    for (const auto& one : tests::list_tar(roots.tar({.time = 500}))) CHECK(one.entry.entry.mtime_s == 500);
}

TEST_CASE("each platform has a folder of its own") {
    Roots roots;
    roots.add("linux/amd64", "linux_amd64", {{file_line("f", 1), "a"}});
    roots.add("linux/arm64", "linux_arm64", {{file_line("f", 1), "b"}});
    const auto listed = tests::list_tar(roots.tar());
    CHECK(tests::names_of(listed) == Names{"linux_amd64/", "linux_amd64/f", "linux_arm64/", "linux_arm64/f"});
    CHECK(listed[3].content == "b");
    std::vector<std::string> notes;
    REQUIRE(write_root_folder(roots.roots, roots.out, notes));
    CHECK(read_file(roots.out + "/linux_arm64/f").value() == "b");
}

TEST_CASE("platforms in one folder may share what is the same") {
    Roots roots;
    roots.add("linux/amd64", "", {{file_line("same", 1), "s"}, {file_line("amd", 1), "a"}});
    roots.add("linux/arm64", "", {{file_line("same", 1), "s"}, {file_line("arm", 1), "b"}});
    CHECK(tests::names_of(tests::list_tar(roots.tar())) == Names{"amd", "arm", "same"});
    std::vector<std::string> notes;
    REQUIRE(write_root_folder(roots.roots, roots.out, notes));
    CHECK(list_names(roots.out).value() == Names{"amd", "arm", "same"});
}

TEST_CASE("platforms in one folder that differ are refused before anything is written") {
    Roots roots;
    roots.add("linux/amd64", "", {{file_line("first", 1), "x"}, {file_line("same", 1), "s"}});
    roots.add("linux/arm64", "", {{file_line("same", 1), "t"}});
    std::vector<std::string> notes;
    const Status refused = write_root_folder(roots.roots, roots.out, notes);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::Input);
    CHECK(refused.error().message == "\"/same\" is not the same for linux/amd64 and linux/arm64: they can't be put into one folder");
    CHECK(refused.error().hint == "leave platform-split=false out: then each platform has a folder of its own");
    CHECK_FALSE(path_exists(roots.out));
    tests::StringSink sink;
    CHECK_FALSE(write_root_tar(roots.roots, {}, sink));
    CHECK(sink.text.empty());
}
