#include "runtime/image/layout_reader.h"
#include "tests/unit/runtime/image/fixture.h"

#include <doctest/doctest.h>

#include <filesystem>

using namespace mabplan;
using namespace mabplan::runtime;
using tests::ImageFixture;

namespace {

LayoutAddress address(const std::string& text) { return parse_layout_address(text).value(); }
std::vector<Descriptor> found(const std::string& text) {
    return LayoutReader::open(address(text).folder).value().find(address(text)).value();
}
Error missing(const std::string& text) { return LayoutReader::open(address(text).folder).value().find(address(text)).error(); }

}  // namespace

TEST_CASE("addresses of layouts") {
    const std::string digest = "sha256:" + std::string(64, 'a');
    CHECK(address("bases/python") == LayoutAddress{"bases/python", "", {}});
    CHECK(address("/a:b/c:3.11-slim") == LayoutAddress{"/a:b/c", "3.11-slim", {}});
    CHECK(address("/a@b/c") == LayoutAddress{"/a@b/c", "", {}});
    CHECK(address("d@" + digest).digest->text() == digest);
    CHECK(format_layout_address(address("d:t@" + digest)) == "d:t@" + digest);
    CHECK(parse_layout_address("").error().kind == ErrorKind::Input);
    CHECK(parse_layout_address("d@sha256:12").error().kind == ErrorKind::Input);
}

TEST_CASE("an image is found by tag, by digest, or because it is the only one") {
    ImageFixture fixture;
    const Descriptor amd64 = fixture.image(tests::kAmd64);
    const Descriptor one = fixture.index({amd64});
    const std::string dir = fixture.write(one, {"app:1", "other/app:1"});
    CHECK(found(dir).front().digest == one.digest);
    CHECK(found(dir + ":1").size() == 1);
    CHECK(found(dir + "@" + one.digest.text()).front().size == one.size);
    CHECK(found(dir + "@" + amd64.digest.text()).front().media_type == media_type::kManifest);

    const Descriptor two = fixture.index({fixture.image(tests::kArm64)});
    fixture.write_beside(two, {"app:latest"});
    CHECK(found(dir + ":1").front().digest == one.digest);
    CHECK(found(dir).front().digest == two.digest);

    const Error error = missing(dir + ":lates");
    CHECK(error.kind == ErrorKind::Input);
    CHECK(error.message == "the layout " + dir + " has no image tagged :lates");
    CHECK(error.hint == "did you mean \"latest\"?");
    CHECK(error.detail == "images there are: docker.io/library/app:latest = " + two.digest.text() +
                              ", docker.io/library/app:1 = " + one.digest.text() + ", docker.io/other/app:1 = " + one.digest.text());
    CHECK(missing(dir + "@" + Digest::of("nothing").text()).kind == ErrorKind::Input);
}

TEST_CASE("several images and no word which is meant") {
    ImageFixture fixture;
    fixture.write(fixture.index({fixture.image(tests::kAmd64)}), {"a:1"});
    const std::string dir = fixture.write_beside(fixture.index({fixture.image(tests::kArm64)}), {"a:2"});
    CHECK(missing(dir).message == "the layout " + dir + " has several images: which one is meant?");
}

TEST_CASE("platforms side by side in index.json are one image") {
    ImageFixture fixture;
    const Descriptor amd64 = fixture.image(tests::kAmd64);
    const Descriptor arm64 = fixture.image(tests::kArm64);
    const std::string dir = fixture.write(fixture.index({amd64, arm64}));
    REQUIRE(write_file(dir + "/index.json", write_index(Index{{amd64, arm64}, {}})));
    CHECK(found(dir).size() == 2);
}

TEST_CASE("what is no layout") {
    const tests::TemporaryDirectory folder;
    CHECK(LayoutReader::open(folder.path()).error().message ==
          "\"" + folder.path() + "\" is not an OCI layout: it has no file \"oci-layout\"");
    CHECK(LayoutReader::open(folder / "none").error().hint == "there is no such folder");
    REQUIRE(write_file(folder / "oci-layout", R"({"imageLayoutVersion":"2.0"})"));
    CHECK(LayoutReader::open(folder.path()).error().message ==
          folder / "oci-layout" + ": layout version \"2.0\" is not known, expected 1.0.0");
    REQUIRE(write_file(folder / "oci-layout", R"({"imageLayoutVersion":"1.0.0"})"));
    CHECK(LayoutReader::open(folder.path()).error().message == "cannot open \"" + folder / "index.json" + "\": No such file or directory");
}

TEST_CASE("damaged blobs are not read and not copied") {
    ImageFixture fixture;
    const Descriptor root = fixture.index({fixture.image(tests::kAmd64, "the layer")});
    const Descriptor layer = fixture.content.blobs[1];
    const LayoutReader reader = LayoutReader::open(fixture.write(root)).value();
    const std::string path = fixture.layout + "/blobs/sha256/" + layer.digest.hex();
    CHECK(reader.read(layer).value() == "the layer");
    REQUIRE(fixture.store.remove(layer.digest));
    SUBCASE("other bytes") { REQUIRE(write_file(path, "the lager")); }
    SUBCASE("too short") { REQUIRE(write_file(path, "the")); }
    SUBCASE("missing") { std::filesystem::remove(path); }
    const Error error = reader.read(layer).error();
    CHECK(error.kind == ErrorKind::Verify);
    CHECK(error.message.find(path) != std::string::npos);
    CHECK(reader.copy(layer, fixture.store).error().kind == ErrorKind::Verify);
    CHECK_FALSE(fixture.store.size(layer.digest));
    CHECK(list_names(fixture.folder / "tmp").value().empty());
}
