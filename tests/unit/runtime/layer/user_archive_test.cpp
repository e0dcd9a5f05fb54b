#include "runtime/layer/user_archive.h"

#include "runtime/layer/codec.h"
#include "tests/support/layer_builder.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

std::string tar_of(const std::vector<std::pair<std::string, std::string>>& files) {
    tests::StringSink out;
    TarWriter tar(out);
    std::int64_t time = 100;
    for (const auto& [path, content] : files) {
        LayerEntry entry = tests::file_line(path, content.size());
        entry.entry.mtime_s = time;
        time -= 10;
        REQUIRE(tar.begin(entry));
        REQUIRE(tar.write(content));
    }
    REQUIRE(tar.finish());
    return out.text;
}

std::string packed(const std::string& text, Compression compression) {
    tests::StringSource source(text);
    tests::StringSink out;
    REQUIRE(compress(source, compression, out, 1));
    return out.text;
}

std::unique_ptr<ByteSource> source(const std::string& text) { return std::make_unique<tests::StringSource>(text); }
LayerEntry link_line(const std::string& path, const std::string& target) { return tests::line(path, FileType::Symlink, 0777, target); }
OpenArchive opening(const std::string& text) {
    return [text]() -> Result<std::unique_ptr<ByteSource>> { return source(text); };
}
bool known(const std::string& text) { return is_archive(*source(text)).value(); }

}  // namespace

TEST_CASE("archives are known by their first bytes") {
    const std::string tar = tar_of({{"a", "x"}});
    CHECK(known(tar));
    CHECK(known(packed(tar, Compression::Gzip)));
    CHECK(known(packed(tar, Compression::Zstd)));
    CHECK(known("BZh91AY"));
    CHECK(
        known(std::string("\xfd"
                          "7zXZ\0more",
                          10)));
    CHECK_FALSE(known("FROM scratch\n"));
    CHECK_FALSE(known(""));
    CHECK_FALSE(known(tar.substr(0, 400)));
}

TEST_CASE("a file of an archive is found by its path, however it is written, the last one counts") {
    const std::string tar = tar_of({{"Dockerfile", "first"}, {"sub/Dockerfile", "below"}, {"Dockerfile", "last"}});
    const auto read = [&](const std::string& path) {
        return read_file_of_archive(opening(packed(tar, Compression::Gzip)), path, 100).value();
    };
    CHECK(read("Dockerfile") == "last");
    CHECK(read("./sub/../sub/Dockerfile") == "below");
    CHECK_FALSE(read("sub"));
    CHECK_FALSE(read("none"));
    CHECK_FALSE(read_file_of_archive(opening(tar), "Dockerfile", 3));
    CHECK(newest_time_in_archive(source(tar)).value() == 100);
    CHECK_FALSE(newest_time_in_archive(source(tar_of({}))).value());
}

TEST_CASE("symlinks of an archive are followed inside of it, and never out of it") {
    tests::StringSink out;
    TarWriter tar(out);
    const auto put = [&](const LayerEntry& entry, const std::string& content = {}) {
        REQUIRE(tar.begin(entry));
        if (!content.empty()) REQUIRE(tar.write(content));
    };
    put(link_line("Dockerfile", "docker/real"));
    put(link_line("abs", "/etc/passwd"));
    put(link_line("dangling", "none"));
    put(tests::file_line("docker/real", 4), "here");
    put(link_line("folder", "docker"));
    put(link_line("up", "../docker/real"));
    REQUIRE(tar.finish());
    const auto read = [&](const std::string& path) {
        const auto text = read_file_of_archive(opening(out.text), path, 100);
        return text ? text->value_or("nothing") : text.error().message;
    };
    CHECK(read("Dockerfile") == "here");
    CHECK(read("folder/real") == "here");
    CHECK(read("none") == "nothing");
    CHECK(read("abs") == "\"abs\" is a symbolic link to \"/etc/passwd\", which leads out of the build context");
    CHECK(read("up") == "\"up\" is a symbolic link to \"../docker/real\", which leads out of the build context");
    CHECK(read("dangling") == "\"dangling\" leads through a symbolic link to \"none\", which is not there");
}
