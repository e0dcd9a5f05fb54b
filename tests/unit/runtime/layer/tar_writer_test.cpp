#include "runtime/layer/tar_writer.h"

#include "plans/base/digest.h"
#include "runtime/sys/file.h"
#include "tests/support/layer_builder.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <limits>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

std::string run(const std::string& command) {
    FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
    std::string output;
    std::array<char, 4096> buffer{};
    while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) output.append(buffer.data(), count);
    ::pclose(pipe);
    return output;
}

// What GNU tar sees in it.
std::string listing(const std::string& tar) {
    const TemporaryDirectory folder;
    REQUIRE(write_file(folder / "t.tar", tar));
    return run("TZ=UTC tar --numeric-owner --full-time -tvf " + (folder / "t.tar"));
}

std::vector<Content> one_of_each() {
    LayerEntry device = line("dev/null", FileType::CharDevice, 0666);
    device.entry.device = std::uint64_t{1} << 32U | 3U;
    LayerEntry owned = file_line("b", 0, 04755);
    owned.entry.uid = 1000;
    owned.entry.gid = 3'000'000;
    owned.entry.xattrs["user.note"] = std::string("a\0b=\n", 5);
    owned.entry.mtime_s = -5;
    return {{folder_line("."), ""},
            {folder_line("a", 01777), ""},
            {file_line("a/f", 0), "hello\n"},
            {hard_link_line("a/g", "a/f"), ""},
            {mark_line("a/gone", LayerMark::Whiteout), ""},
            {owned, std::string(513, 'x')},
            {folder_line("dev"), ""},
            {device, ""},
            {line("dev/pipe", FileType::Fifo, 0600), ""},
            {line("l", FileType::Symlink, 0777, "../a"), ""},
            {mark_line("dev", LayerMark::Opaque), ""}};
}

}  // namespace

TEST_CASE("the bytes of a layer are frozen") {
    // if this fails, every diff_id in the world changes: think again
    CHECK(Digest::of(tar_of(one_of_each())).hex() == "6323fd28d4988fcd8b034f46bd8d28d914745bd718a5782d066c829b447e2307");
    CHECK(tar_of({}) == std::string(1024, '\0'));
}

TEST_CASE("GNU tar reads what was written") {
    CHECK(listing(tar_of(one_of_each())) ==
          "drwxr-xr-x 0/0               0 1970-01-01 00:16:40 ./\n"
          "drwxrwxrwt 0/0               0 1970-01-01 00:16:40 a/\n"
          "-rw-r--r-- 0/0               6 1970-01-01 00:16:40 a/f\n"
          "hrw-r--r-- 0/0               0 1970-01-01 00:16:40 a/g link to a/f\n"
          "---------- 0/0               0 1970-01-01 00:16:40 a/.wh.gone\n"
          "-rwsr-xr-x 1000/3000000    513 1969-12-31 23:59:55 b\n"
          "drwxr-xr-x 0/0               0 1970-01-01 00:16:40 dev/\n"
          "crw-rw-rw- 0/0             1,3 1970-01-01 00:16:40 dev/null\n"
          "prw------- 0/0               0 1970-01-01 00:16:40 dev/pipe\n"
          "lrwxrwxrwx 0/0               0 1970-01-01 00:16:40 l -> ../a\n"
          "---------- 0/0               0 1970-01-01 00:16:40 dev/.wh..wh..opq\n");
}

TEST_CASE("long names are split where ustar can, and go into a pax record where it cannot") {
    const std::string part(50, 'p');
    const std::string split_name = part + "/" + part + "/" + part;                                   // 152 bytes
    const std::string long_name = std::string(101, 'n');                                             // one part of more than 100
    const std::string deep = part + "/" + part + "/" + part + "/" + part + "/" + part + "/" + part;  // 305: more than 155 + 1 + 100
    const std::string tar = tar_of({{file_line(split_name, 0), ""},
                                    {file_line(long_name, 0), ""},
                                    {file_line(deep, 0), ""},
                                    {folder_line(std::string(99, 'd')), ""},
                                    {folder_line(std::string(100, 'e')), ""},
                                    {line("l", FileType::Symlink, 0777, std::string(100, 's')), ""},
                                    {line("m", FileType::Symlink, 0777, std::string(101, 't')), ""}});
    // pax headers: long_name, deep, the directory whose name is 101 bytes with its slash, the long link
    CHECK(tar.size() == 512 * (7 + 4 * 2) + 1024);
    const std::string seen = listing(tar);
    for (const std::string& name : {split_name, long_name, deep, std::string(99, 'd') + "/", std::string(100, 'e') + "/",
                                    "l -> " + std::string(100, 's'), "m -> " + std::string(101, 't')})
        CHECK(seen.find(" " + name + "\n") != std::string::npos);
    CHECK(tar.find("111 path=" + long_name + "\n") != std::string::npos);
    CHECK(tar.find("././@PaxHeader") != std::string::npos);
}

TEST_CASE("names that are not UTF-8 are written as they are") {
    const std::string tar = tar_of({{file_line("caf\xe9", 0), ""}, {file_line(std::string(120, '\xff'), 0), ""}});
    CHECK(tar.starts_with(std::string("caf\xe9\0", 5)));
    CHECK(tar.find(" path=" + std::string(120, '\xff') + "\n") != std::string::npos);
    CHECK(tar.find("hdrcharset") == std::string::npos);
}

TEST_CASE("huge sizes and times are pax records") {
    StringSink sink;
    TarWriter tar(sink);
    LayerEntry entry = file_line("big", std::size_t{1} << 33U);
    entry.entry.mtime_s = std::numeric_limits<std::int64_t>::max();
    REQUIRE(tar.begin(entry));
    const Status cut = tar.finish();
    REQUIRE_FALSE(cut);
    CHECK(cut.error().message == "\"big\" became shorter while it was read: 8589934592 of its 8589934592 bytes are missing");
}

TEST_CASE("a file must be as long as it was said to be") {
    StringSink sink;
    TarWriter tar(sink);
    REQUIRE(tar.begin(file_line("a/b", 3)));
    REQUIRE(tar.write("12"));
    CHECK(tar.begin(folder_line("c")).error().message == "\"a/b\" became shorter while it was read: 1 of its 3 bytes are missing");
    CHECK(tar.write("34").error().message == "\"a/b\" grew while it was read: it had 3 bytes when it was looked at");
}

TEST_CASE("what no layer can hold is refused") {
    StringSink sink;
    TarWriter tar(sink);
    CHECK(tar.begin(line("run/s", FileType::Socket)).error().message ==
          "\"run/s\" cannot be put in a layer: it is a socket, and a tar has none");
    CHECK(tar.begin(file_line("a/.wh.b", 0)).error().message ==
          "\"a/.wh.b\" cannot be put in a layer: names that start with \".wh.\" mark deletions there (image-spec, layer.md), so it would "
          "delete "
          "another file");
    CHECK(tar.begin(file_line("/etc/x", 0)).error().message ==
          "\"/etc/x\" cannot be put in a layer: paths in a layer are relative to its root");
    LayerEntry odd = file_line("f", 0);
    odd.entry.xattrs["user.a=b"] = "1";
    CHECK(tar.begin(odd).error().message ==
          "\"f\" cannot be put in a layer: the name of its extended attribute \"user.a=b\" holds a byte that a pax record cannot");
}

TEST_CASE("numbers that ustar cannot hold are records, sorted by their keys") {
    LayerEntry entry = file_line("f", 0);
    entry.entry.uid = 2097152;
    entry.entry.gid = 2097151;
    entry.entry.mtime_s = std::int64_t{1} << 33U;
    entry.entry.xattrs = {{"user.b", "2"}, {"user.a", "1"}};
    const std::string tar = tar_of({{entry, ""}});
    CHECK(tar.substr(512, 92) ==
          "25 SCHILY.xattr.user.a=1\n25 SCHILY.xattr.user.b=2\n20 mtime=8589934592\n15 uid=2097152\n" + std::string(7, '\0'));
    CHECK(tar.substr(1024 + 108, 16) == std::string("0000000\0007777777\0", 16));
}

TEST_CASE("the bytes do not depend on the pieces in which content comes") {
    const auto written_in = [](std::size_t piece) {
        StringSink sink;
        TarWriter tar(sink);
        for (const std::size_t size : {1000U, 150'000U, 200'000U, 10U, 262'144U, 300'000U, 131'073U}) {
            const std::string content(size, static_cast<char>('a' + size % 26));
            REQUIRE(tar.begin(file_line("f" + std::to_string(size), size)));
            for (std::size_t at = 0; at < size; at += piece) REQUIRE(tar.write(std::string_view(content).substr(at, piece)));
        }
        REQUIRE(tar.finish());
        return sink.text;
    };
    const std::string expected = written_in(1000);
    for (const std::size_t piece : {4096U, 131'072U, 131'073U, 200'000U, 262'144U, 1'000'000U}) CHECK(written_in(piece) == expected);
}
