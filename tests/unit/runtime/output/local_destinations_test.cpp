// Images as files of this machine: what each destination gets, read back.
#include "runtime/output/local_destinations.h"

#include "plans/base/json.h"
#include "runtime/image/layout_reader.h"
#include "runtime/output/image_documents.h"
#include "runtime/sys/file.h"
#include "tests/support/built_images.h"
#include "tests/support/recording_observer.h"
#include "tests/support/tar_listing.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;
using tests::BuiltImages;

namespace {

struct Images : BuiltImages {
    Images() { built.target.tags = {"docker.io/library/app:1"}; }

    ImageContent content() {
        ImageDocuments documents(
            built, [this](const Digest& diff_id, Compression compression) { return layers.pack(diff_id, compression); }, blobs(), 77);
        return *documents.in(Compression::Gzip).value();
    }
    std::unique_ptr<ImageSink> open(const Output& output) { return LocalDestinations(folder.path()).open(output, built.target).value(); }
    tests::RecordingSink told;
    Transfers transfers{told};
    Digest one_file(const std::string& text) const { return add_layer({{tests::file_line("a", text.size()), text}}); }
};

std::string file_of(const std::string& path) { return read_file(path).value(); }

}  // namespace

TEST_CASE("a layout in a folder is current once it is written, and until something of it is gone") {
    Images images;
    images.add_cell("amd64", {images.one_file("amd64")});
    images.add_cell("arm64", {images.one_file("arm64")});
    const ImageContent content = images.content();
    const auto sink = images.open(LayoutOutput{"dist/app", false});
    CHECK_FALSE(sink->is_current(content).value());
    REQUIRE(sink->write(content, images.layers, images.transfers));
    CHECK(sink->is_current(content).value());
    const std::string layout = images.folder / "dist/app";
    const auto entries = LayoutReader::open(layout).value().find({layout, "1", {}}).value();
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].digest == content.index.digest);
    for (const Descriptor& blob : content.blobs) CHECK(Digest::of(file_of(layout + "/blobs/sha256/" + blob.digest.hex())) == blob.digest);
    REQUIRE(write_file(layout + "/blobs/sha256/" + content.blobs[0].digest.hex(), "cut"));
    CHECK_FALSE(sink->is_current(content).value());
    REQUIRE(sink->write(content, images.layers, images.transfers));
    CHECK(sink->is_current(content).value());
}

TEST_CASE("a layout in a tar has the same in it, at the time of the image, and is never current") {
    Images images;
    images.add_cell("amd64", {images.one_file("amd64")});
    const ImageContent content = images.content();
    const auto sink = images.open(LayoutOutput{"app.tar", true});
    REQUIRE(sink->write(content, images.layers, images.transfers));
    CHECK_FALSE(sink->is_current(content).value());
    const auto listed = tests::list_tar(file_of(images.folder / "app.tar"));
    CHECK(listed.size() == 2 + 1 + content.blobs.size() + 2);
    CHECK(listed[listed.size() - 2].entry.path == "index.json");
    for (const tests::ListedTarEntry& one : listed) CHECK(one.entry.entry.mtime_s == 77);
}

TEST_CASE("a tar for docker load names configuration, layers and tags") {
    Images images;
    const Digest layer = images.one_file("x");
    images.add_cell("amd64", {layer});
    const ImageContent content = images.content();
    REQUIRE(images.open(DockerOutput{"app.tar"})->write(content, images.layers, images.transfers));
    const auto listed = tests::list_tar(file_of(images.folder / "app.tar"));
    const auto& manifest = listed[listed.size() - 2];
    REQUIRE(manifest.entry.path == "manifest.json");
    const Json json = Json::parse(manifest.content);
    REQUIRE(json.size() == 1);
    CHECK(json[0]["Config"] == "blobs/sha256/" + content.images[0].config.digest.hex());
    CHECK(dump_json(json[0]["Layers"]) == R"(["blobs/sha256/)" + content.images[0].layers[0].digest.hex() + R"("])");
    CHECK(dump_json(json[0]["RepoTags"]) == R"(["app:1"])");
}

TEST_CASE("a tar for docker load holds one image") {
    Images images;
    images.add_cell("amd64", {});
    images.add_cell("arm64", {});
    const Error error = images.open(DockerOutput{"app.tar"})->write(images.content(), images.layers, images.transfers).error();
    CHECK(error.kind == ErrorKind::Input);
    CHECK(error.message == "a docker output holds one image, and there are 2");
    CHECK_FALSE(path_exists(images.folder / "app.tar"));
}

TEST_CASE("a damaged blob of the store is an error, and leaves no half archive and no names") {
    for (const Output& output : {Output{LayoutOutput{"out", false}}, Output{LayoutOutput{"out", true}}, Output{DockerOutput{"out"}}}) {
        CAPTURE(type_name(output));
        Images images;
        images.add_cell("amd64", {images.one_file("x")});
        const ImageContent content = images.content();
        const Digest layer = content.images[0].layers[0].digest;
        std::string bytes = file_of(images.blobs().path(layer));
        bytes.back() = static_cast<char>(bytes.back() ^ 1);
        REQUIRE(write_file(images.blobs().path(layer), bytes));
        CHECK(images.open(output)->write(content, images.layers, images.transfers).error().kind == ErrorKind::Verify);
        CHECK_FALSE(images.blobs().size(layer));
        CHECK_FALSE(path_exists(images.folder / (form_of(output) == OutputForm::Folder ? "out/index.json" : "out")));
    }
}

TEST_CASE("what holds no images, or is elsewhere, has no place here") {
    const Images images;
    const auto opened = LocalDestinations(images.folder.path()).open(FolderOutput{"x"}, images.built.target);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().message == "type=local has no place for images on this machine");
}
