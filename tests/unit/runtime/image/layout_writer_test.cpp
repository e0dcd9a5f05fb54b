#include "runtime/image/layout_writer.h"
#include "runtime/image/layout_reader.h"
#include "tests/unit/runtime/image/fixture.h"

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <filesystem>

using namespace mabplan;
using namespace mabplan::runtime;
using tests::ImageFixture;

namespace {

struct StringSink final : ByteSink {
    std::string bytes;
    Status write(std::string_view more) override {
        bytes += more;
        return {};
    }
};

std::string tar_of(const ImageFixture& fixture, const std::string& docker_manifest = {}) {
    StringSink sink;
    REQUIRE(write_layout_tar(sink, {&fixture.content, 1}, fixture.store, docker_manifest));
    return sink.bytes;
}

std::vector<std::string> names_in(const std::string& tar) {
    std::vector<std::string> names;
    for (std::size_t at = 0; at < tar.size() && tar[at] != '\0';) {
        names.emplace_back(tar.c_str() + at);
        const std::size_t size = std::stoul(tar.substr(at + 124, 11), nullptr, 8);
        at += 512 + (size + 511) / 512 * 512;
    }
    return names;
}

ino_t inode(const std::string& path) {
    struct stat facts {};
    REQUIRE(::stat(path.c_str(), &facts) == 0);
    return facts.st_ino;
}

}  // namespace

TEST_CASE("index.json names the image as containerd and skopeo read it") {
    ImageContent content;
    content.index = Descriptor{std::string(media_type::kIndex), Digest::of("i"), 1, {}, {}};
    const std::string digest = Digest::of("i").text();
    CHECK(write_layout_index(content) ==
          format(R"({{"manifests":[{{"digest":"{}","mediaType":"{}","size":1}}],"mediaType":"{}","schemaVersion":2}})", digest,
                 media_type::kIndex, media_type::kIndex));
    content.tags = {parse_reference("app:1").value()};
    CHECK(write_layout_index(content).find(
              R"("annotations":{"io.containerd.image.name":"docker.io/library/app:1","org.opencontainers.image.ref.name":"1"})") !=
          std::string::npos);
}

TEST_CASE("each entry of index.json has the annotations of the index's descriptor beside its name") {
    ImageContent content;
    content.index =
        Descriptor{std::string(media_type::kIndex), Digest::of("i"), 1, {}, {{"a", "b"}, {"org.opencontainers.image.ref.name", "other"}}};
    CHECK(write_layout_index(content).find(R"("annotations":{"a":"b","org.opencontainers.image.ref.name":"other"})") != std::string::npos);
    content.tags = {parse_reference("app:1").value()};
    CHECK(write_layout_index(content).find(
              R"("annotations":{"a":"b","io.containerd.image.name":"docker.io/library/app:1","org.opencontainers.image.ref.name":"1"})") !=
          std::string::npos);
}

TEST_CASE("a folder that holds the image is known, and one with a damaged blob is mended") {
    ImageFixture fixture;
    const std::string dir = fixture.write(fixture.index({fixture.image(tests::kAmd64), fixture.image(tests::kArm64)}), {"app:1"});
    CHECK(layout_is_current(dir, fixture.content));
    CHECK(list_names(dir).value() == std::vector<std::string>{"blobs", "index.json", "oci-layout"});
    CHECK(list_names(dir + "/blobs/sha256").value().size() == 6);
    const std::string layer = "/blobs/sha256/" + fixture.content.blobs[1].digest.hex();
    CHECK(inode(dir + layer) != inode(fixture.folder.path() + layer));

    REQUIRE(write_file(dir + layer, "cut"));
    CHECK_FALSE(layout_is_current(dir, fixture.content));
    const std::string config = dir + "/blobs/sha256/" + fixture.content.blobs[0].digest.hex();
    const ino_t before = inode(config);
    REQUIRE(write_layout_folder(dir, fixture.content, fixture.store));
    CHECK(read_file(dir + layer).value() == "layer");
    CHECK(inode(config) == before);
    CHECK(layout_is_current(dir, fixture.content));
}

TEST_CASE("an image gets its name anew, the others of the layout stay") {
    ImageFixture fixture;
    const Descriptor older = fixture.index({fixture.image(tests::kAmd64)});
    fixture.write(older, {"app:1", "app:2", "other:2"});
    const Descriptor newer = fixture.index({fixture.image(tests::kArm64)});
    const LayoutReader reader = LayoutReader::open(fixture.write(newer, {"app:2"})).value();
    REQUIRE(reader.entries().size() == 3);
    CHECK(reader.entries()[0].digest == older.digest);
    CHECK(reader.entries()[1].digest == newer.digest);
    CHECK(reader.entries()[2].digest == older.digest);  // another repository
    CHECK(layout_is_current(reader.folder(), fixture.content));
}

TEST_CASE("an entry without a full name, as others write it, is replaced by its tag; one without any name by one without") {
    ImageFixture fixture;
    const std::string folder = fixture.write(fixture.index({fixture.image(tests::kAmd64)}), {});
    const Descriptor named = fixture.index({fixture.image(tests::kArm64)});
    fixture.content.tags = {Reference{{}, {}, "1", {}}};
    fixture.content.index = named;
    REQUIRE(write_layout_folder(folder, fixture.content, fixture.store));
    CHECK(LayoutReader::open(folder).value().entries().size() == 2);
    CHECK_FALSE(LayoutReader::open(folder).value().entries()[1].annotations.contains("io.containerd.image.name"));
    const Descriptor newer = fixture.index({fixture.image(tests::kArmV6)});
    CHECK(LayoutReader::open(fixture.write(newer, {"app:1"})).value().entries().size() == 2);
    const LayoutReader reader = LayoutReader::open(fixture.write(newer, {})).value();
    REQUIRE(reader.entries().size() == 2);
    CHECK(reader.entries()[0].digest == newer.digest);
}

TEST_CASE("blobs go that no image of the layout needs, and none while that is not sure") {
    ImageFixture fixture;
    const Descriptor older = fixture.index({fixture.image(tests::kAmd64, "old layer")});
    const std::string folder = fixture.write(older, {"app:1"});
    const std::string blobs = folder + "/blobs/sha256/";
    const std::string unused = blobs + Digest::of("nobody names this").hex(), odd = blobs + "README";
    REQUIRE(write_file(unused, "nobody names this"));
    REQUIRE(write_file(odd, "of somebody"));
    const Descriptor newer = fixture.index({fixture.image(tests::kAmd64, "new layer")});
    SUBCASE("all are understood") {
        fixture.write(newer, {"app:1"});
        CHECK_FALSE(path_exists(blobs + older.digest.hex()));
        CHECK_FALSE(path_exists(blobs + Digest::of("old layer").hex()));
        CHECK_FALSE(path_exists(unused));
        CHECK(path_exists(odd));
    }
    SUBCASE("another image still needs them") {
        fixture.write(newer, {"app:2"});
        CHECK(path_exists(blobs + older.digest.hex()));
        CHECK(path_exists(blobs + Digest::of("old layer").hex()));
        CHECK_FALSE(path_exists(unused));
    }
    SUBCASE("a document is damaged") {
        REQUIRE(write_file(blobs + older.digest.hex(), std::string(older.size, ' ')));
        fixture.write(newer, {"app:2"});
        CHECK(path_exists(unused));
    }
}

TEST_CASE("an index.json that is none is an error, and stays") {
    ImageFixture fixture;
    fixture.content.index = fixture.index({fixture.image(tests::kAmd64)});
    const std::string folder = fixture.folder / "layout";
    REQUIRE(make_directories(folder));
    REQUIRE(write_file(folder + "/index.json", "of somebody"));
    const Status written = write_layout_folder(folder, fixture.content, fixture.store);
    REQUIRE_FALSE(written);
    CHECK(written.error().kind == ErrorKind::Input);
    CHECK(read_file(folder + "/index.json").value() == "of somebody");
}

TEST_CASE("a damaged or missing blob of the store stops the writing before index.json") {
    ImageFixture fixture;
    fixture.content.index = fixture.index({fixture.image(tests::kAmd64, "the layer")});
    const Digest layer = fixture.content.blobs[1].digest;
    REQUIRE(write_file(fixture.store.path(layer), "the lager"));
    const Error error = write_layout_folder(fixture.layout, fixture.content, fixture.store).error();
    CHECK(error.kind == ErrorKind::Verify);
    CHECK(error.message == "the blob " + layer.text() + " in the store was damaged: it is removed");
    CHECK_FALSE(path_exists(fixture.layout + "/index.json"));
    StringSink tar;
    CHECK(write_layout_tar(tar, {&fixture.content, 1}, fixture.store).error().kind == ErrorKind::Verify);
    const std::vector<std::string> left = list_names(fixture.folder.path()).value();
    for (const std::string& name : left) CHECK(name.find("tmp-") == std::string::npos);
}

TEST_CASE("the tar is sorted, and the same for the same content") {
    ImageFixture fixture;
    fixture.write(fixture.index({fixture.image(tests::kAmd64), fixture.image(tests::kArm64)}), {"app:1"});
    const std::string tar = tar_of(fixture);
    CHECK(tar == tar_of(fixture));
    const std::vector<std::string> names = names_in(tar);
    REQUIRE(names.size() == 10);
    CHECK(std::is_sorted(names.begin(), names.end()));
    CHECK(names.front() == "blobs/");
    CHECK(names.back() == "oci-layout");
    std::reverse(fixture.content.blobs.begin(), fixture.content.blobs.end());
    CHECK(tar == tar_of(fixture));
    fixture.content.time = 1;
    CHECK(tar != tar_of(fixture));
    CHECK(names_in(tar_of(fixture, "[]"))[9] == "manifest.json");
}

TEST_CASE("a stop ends what reads a layout, and what writes one") {
    ImageFixture fixture;
    fixture.write(fixture.index({fixture.image(tests::kAmd64, "the layer")}), {"app:1"});
    Stop stop;
    stop.interrupt();
    StringSink sink;
    const LayoutReader reader = LayoutReader::open(fixture.layout, &stop).value();
    CHECK(reader.send(reader.entries().front(), sink).error().kind == ErrorKind::Interrupted);
    CHECK(write_layout_folder(fixture.folder / "other", fixture.content, fixture.store, &stop).error().kind == ErrorKind::Interrupted);
    CHECK_FALSE(path_exists(fixture.folder / "other/index.json"));
}

TEST_CASE("a tag alone is no name where several images have it") {
    ImageFixture fixture;
    fixture.write(fixture.index({fixture.image(tests::kAmd64, "one")}), {"one:1"});
    fixture.write(fixture.index({fixture.image(tests::kAmd64, "two")}), {"two:1"});
    fixture.content.tags = {Reference{{}, {}, "1", std::nullopt}};
    const Error error = write_layout_folder(fixture.layout, fixture.content, fixture.store).error();
    CHECK(error.message.find("has several images tagged :1: docker.io/library/one:1, docker.io/library/two:1") != std::string::npos);
    const LayoutReader reader = LayoutReader::open(fixture.layout).value();
    CHECK(reader.entries().size() == 2);
    CHECK(reader.find({fixture.layout, "one:1", std::nullopt}).value() == std::vector<Descriptor>{reader.entries()[0]});
    CHECK(reader.find({fixture.layout, "docker.io/library/two:1", std::nullopt}).value() == std::vector<Descriptor>{reader.entries()[1]});
    CHECK_FALSE(reader.find({fixture.layout, "1", std::nullopt}));
}
