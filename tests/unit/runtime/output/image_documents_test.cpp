#include "runtime/output/image_documents.h"

#include "tests/support/built_images.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;
using tests::BuiltImages;

namespace {

// Packs by giving a layer another name for each compression, and counts.
struct Packing {
    int calls = 0;
    std::optional<Error> refusal{};

    PackLayer packer() {
        return [this](const Digest& diff_id, Compression compression) -> Result<Descriptor> {
            ++calls;
            if (refusal) return fail(*refusal);
            const std::string type = layer_media_type(compression).data();
            return Descriptor{type, Digest::of(type + diff_id.text()), 1, {}, {}};
        };
    }
};

}  // namespace

TEST_CASE("documents are made once for each compression, and their layers packed once") {
    BuiltImages images;
    images.add_cell("amd64", {Digest::of("a"), Digest::of("b")});
    images.add_cell("arm64", {Digest::of("c")});
    Packing packing;
    ImageDocuments documents(images.built, packing.packer(), images.blobs(), 0);
    CHECK(packing.calls == 0);
    const ImageContent* gzip = documents.in(Compression::Gzip).value();
    CHECK(packing.calls == 3);
    const Digest index = gzip->index.digest;
    const ImageContent* zstd = documents.in(Compression::Zstd).value();
    CHECK(packing.calls == 6);
    CHECK(documents.in(Compression::Gzip).value() == gzip);
    CHECK(documents.in(Compression::Zstd).value() == zstd);
    CHECK(packing.calls == 6);
    CHECK(gzip->index.digest == index);
    CHECK(zstd->index.digest != index);
    CHECK(zstd->images[0].config.digest == gzip->images[0].config.digest);  // diff_ids are of what is unpacked
    CHECK(gzip->images[0].layers.size() == 2);
}

TEST_CASE("tags are names of the content, and its time is that of the newest image or of the clock") {
    BuiltImages images;
    images.built.target.tags = {"docker.io/library/app:1", "registry.lan:5000/app:2"};
    images.add_cell("amd64", {}).created = 10;
    images.add_cell("arm64", {}).created = 20;
    Packing packing;
    const ImageContent content = *ImageDocuments(images.built, packing.packer(), images.blobs(), 99).in(Compression::Gzip).value();
    REQUIRE(content.tags.size() == 2);
    CHECK(format_reference(content.tags[1]) == "registry.lan:5000/app:2");
    CHECK(content.time == 20);
    for (Cell& cell : images.built.target.cells) cell.created.reset();
    CHECK(ImageDocuments(images.built, packing.packer(), images.blobs(), 99).in(Compression::Gzip).value()->time == 99);
}

TEST_CASE("what could not be packed is an error, and is tried again when it is asked for again") {
    BuiltImages images;
    images.add_cell("amd64", {Digest::of("a")});
    Packing packing;
    packing.refusal = Error{ErrorKind::Verify, "damaged"};
    ImageDocuments documents(images.built, packing.packer(), images.blobs(), 0);
    CHECK(documents.in(Compression::Gzip).error().message == "damaged");
    packing.refusal.reset();
    CHECK(documents.in(Compression::Gzip).has_value());
    images.built.target.tags = {"NO NAME"};
    CHECK(documents.in(Compression::None).error().kind == ErrorKind::Input);
}
