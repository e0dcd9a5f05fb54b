#include "plans/oci/manifest.h"
#include "plans/base/format.h"
#include "plans/oci/chain_id.h"

#include <doctest/doctest.h>

#include <array>

using namespace mabplan;

namespace {

const std::string kA = "sha256:" + std::string(64, 'a');

std::string descriptor(std::string_view type) { return format(R"({{"mediaType":"{}","digest":"{}","size":3}})", type, kA); }
std::string why(std::string_view text, std::string_view type = {}) { return parse_manifest(text, type, "the manifest").error().message; }

}  // namespace

TEST_CASE("a manifest is written in one form and read back") {
    Manifest manifest;
    manifest.config = Descriptor{std::string(media_type::kConfig), Digest::of("c"), 1, {}, {}};
    manifest.layers = {Descriptor{std::string(media_type::kLayerGzip), Digest::of("l"), 2, {}, {{"k", "v"}}}};
    const std::string text = write_manifest(manifest);
    CHECK(text == format(R"({{"config":{{"digest":"{}","mediaType":"{}","size":1}},"layers":[{{"annotations":{{"k":"v"}},"digest":"{}",)"
                         R"("mediaType":"{}","size":2}}],"mediaType":"{}","schemaVersion":2}})",
                         Digest::of("c").text(), media_type::kConfig, Digest::of("l").text(), media_type::kLayerGzip,
                         media_type::kManifest));
    CHECK(std::get<Manifest>(parse_manifest(text, media_type::kManifest, "m").value()) == manifest);
}

TEST_CASE("an index keeps the platforms as they are declared") {
    Index index;
    index.manifests = {
        Descriptor{std::string(media_type::kManifest), Digest::of("m"), 9, Platform{"linux", "arm64", "v8", "", {}}, {}},
        Descriptor{std::string(media_type::kManifest), Digest::of("n"), 9, Platform{"windows", "amd64", "", "10.0.1", {"f"}}, {}}};
    index.annotations = {{"a", "b"}};
    CHECK(std::get<Index>(parse_manifest(write_index(index), "", "i").value()) == index);
}

TEST_CASE("Docker's types and documents without a type inside are read") {
    const std::string list = format(R"({{"schemaVersion":2,"manifests":[{}]}})", descriptor(media_type::kDockerManifest));
    CHECK(std::holds_alternative<Index>(parse_manifest(list, media_type::kDockerList, "l").value()));
    CHECK(std::holds_alternative<Index>(parse_manifest(list, "", "l").value()));
    const std::string image = format(R"({{"schemaVersion":2,"config":{},"layers":[]}})", descriptor(media_type::kDockerConfig));
    CHECK(std::holds_alternative<Manifest>(parse_manifest(image, "", "m").value()));
}

TEST_CASE("what containerd takes without a word is taken") {
    const std::string config = descriptor(media_type::kConfig);
    const auto manifest = [](const std::string& text, std::string_view type = {}) {
        return std::get<Manifest>(parse_manifest(text, type, "m").value());
    };
    CHECK(manifest(format(R"({{"config":{},"layers":[]}})", config)).layers.empty());
    CHECK(manifest(format(R"({{"schemaVersion":2,"config":{},"layers":null,"manifests":null}})", config)).layers.empty());
    CHECK(manifest(format(R"({{"schemaVersion":2,"config":{{"digest":"{}","size":3}},"layers":[]}})", kA)).config.media_type.empty());
    // one kind of document under the name of the other vendor
    CHECK(manifest(format(R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[]}})", media_type::kDockerManifest, config),
                   media_type::kManifest)
              .config.size == 3);
    const auto index = [](const std::string& manifests) {
        return std::get<Index>(
            parse_manifest(format(R"({{"schemaVersion":2,"mediaType":"{}","manifests":{}}})", media_type::kDockerList, manifests),
                           media_type::kIndex, "i")
                .value());
    };
    CHECK(index("null").manifests.empty());
    // images with digests of another algorithm are for others
    const std::string other = format(R"({{"mediaType":"{}","digest":"sha512:{}","size":3}})", media_type::kManifest, std::string(128, 'b'));
    CHECK(index(format("[{},{}]", other, descriptor(media_type::kManifest))).manifests.size() == 1);
    CHECK(why(format(R"({{"config":{},"layers":[{}]}})", config, other)).starts_with("the manifest has a descriptor with a bad digest"));
}

TEST_CASE("what an image reaches is all that its documents name, as far as they are there") {
    const std::string kType(media_type::kManifest);
    const auto blob = [](std::string_view type, std::string_view bytes) {
        return Descriptor{std::string(type), Digest::of(bytes), bytes.size(), {}, {}};
    };
    std::map<Digest, std::string> documents;
    const auto keep = [&](std::string_view type, const std::string& bytes) {
        documents[Digest::of(bytes)] = bytes;
        return blob(type, bytes);
    };
    const FindDocument find_document = [&](const Descriptor& document) {
        const auto found = documents.find(document.digest);
        return found == documents.end() ? std::optional<std::string>() : std::optional(found->second);
    };
    const Descriptor config = blob(media_type::kConfig, "config"), layer = blob(media_type::kLayer, "layer");
    const Descriptor image = keep(kType, write_manifest(Manifest{config, {layer}, {}}));
    const Descriptor lost = blob(kType, "lost"), other = blob("text/plain", "other");
    const Descriptor inner = keep(media_type::kIndex, write_index(Index{{other, image}, {}}));
    const Descriptor whole = keep(media_type::kIndex, write_index(Index{{inner}, {}}));
    const Descriptor partial = keep(media_type::kIndex, write_index(Index{{lost, inner}, {}}));

    std::set<Digest> reached;
    CHECK(reach_blobs(whole, find_document, reached));
    CHECK(reached == std::set<Digest>{whole.digest, inner.digest, image.digest, config.digest, layer.digest, other.digest});
    reached.clear();
    CHECK_FALSE(reach_blobs(partial, find_document, reached));  // what stands behind the lost one is reached all the same
    CHECK(reached.contains(layer.digest));
    CHECK(reached.contains(lost.digest));

    Descriptor deep = image;
    for (int i = 0; i < 10; ++i) deep = keep(media_type::kIndex, write_index(Index{{deep}, {{"level", format("{}", i)}}}));
    reached.clear();
    CHECK_FALSE(reach_blobs(deep, find_document, reached));
    CHECK(type_of(parse_manifest(documents[image.digest], "", "m").value()) == media_type::kManifest);
    CHECK(type_of(parse_manifest(documents[inner.digest], "", "i").value()) == media_type::kIndex);
}

TEST_CASE("what a document is about, and what it is, is read and written; nothing of an image hangs on it") {
    const Descriptor config{std::string(media_type::kConfig), Digest::of("config"), 6, {}, {}};
    const Descriptor subject{std::string(media_type::kManifest), Digest::of("m"), 9, {}, {}};
    const Manifest manifest{config, {}, {}, "application/x-signature", subject};
    CHECK(std::get<Manifest>(parse_manifest(write_manifest(manifest), "", "m").value()) == manifest);
    const Index index{{subject}, {}, "application/x-list", subject};
    CHECK(std::get<Index>(parse_manifest(write_index(index), "", "i").value()) == index);
    for (const char* odd : {R"("subject":5)", R"("subject":{"digest":"x"})", R"("subject":null)", R"("artifactType":[])"}) {
        CAPTURE(odd);
        const std::string text = format(R"({{"schemaVersion":2,"config":{},"layers":[],{}}})", descriptor(media_type::kConfig), odd);
        const auto read = parse_manifest(text, "", "m");
        REQUIRE(read);
        CHECK_FALSE(subject_of(*read));
    }
}

TEST_CASE("an index gets an entry more, and keeps what is not understood in it") {
    const std::string other = R"({"digest":"sha512:ff","mediaType":"x/y","size":1,"urls":["u"]})";
    const std::string text = format(R"({{"schemaVersion":2,"manifests":[{}],"more":1}})", other);
    const Descriptor entry{std::string(media_type::kManifest), Digest::of("m"), 9, {}, {}, "application/x-signature"};
    const std::string added = add_to_index(text, entry, "i").value();
    CHECK(added.find(other) != std::string::npos);
    CHECK(added.find("\"more\":1") != std::string::npos);
    CHECK(added.find(entry.digest.text()) < added.find("sha512"));
    CHECK(std::get<Index>(parse_manifest(added, media_type::kIndex, "i").value()).manifests == std::vector<Descriptor>{entry});
    CHECK(add_to_index("{}", entry, "i").error().kind == ErrorKind::Verify);
}

TEST_CASE("documents that are not images, or lie, are refused") {
    const std::string config = descriptor(media_type::kConfig);
    CHECK(why(R"({"schemaVersion":1})") == "the manifest is of Docker's schema 1, which is not supported");
    CHECK(why("[]") == "the manifest is not a JSON object");
    for (const char* version : {"3", "\"2\"", "null"})
        CHECK(why(format(R"({{"schemaVersion":{}}})", version)) == "the manifest has no \"schemaVersion\": 2");
    CHECK(why(R"({"schemaVersion":2,"layers":[]})") == "the manifest has no config: it is not an image");
    CHECK(why(format(R"({{"schemaVersion":2,"config":{},"layers":[],"manifests":[]}})", config)) ==
          "the manifest could be read as a manifest and as an index: it is refused");
    CHECK(why(format(R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[]}})", media_type::kManifest, config),
              media_type::kIndex) ==
          format("the manifest says it is \"{}\", but \"{}\" was announced", media_type::kManifest, media_type::kIndex));
    CHECK(why(R"({"schemaVersion":2,"mediaType":"text/html","config":{}})") ==
          "the manifest is neither an image manifest nor an index, but \"text/html\"");
    CHECK(why(format(R"({{"schemaVersion":2,"config":{},"layers":[{{"mediaType":"x","digest":"{}","size":-1}}]}})", config, kA)) ==
          "the manifest gives no size for " + kA);
    CHECK(why(format(R"({{"schemaVersion":2,"config":{},"layers":[{{"mediaType":"x","digest":"sha256:zz","size":1}}]}})", config))
              .starts_with("the manifest has a descriptor with a bad digest"));
    CHECK(parse_manifest(std::string((4U << 20U) + 1, ' '), "", "m").error().kind == ErrorKind::Verify);
}

TEST_CASE("media types of layers") {
    CHECK(layer_compression(media_type::kLayerZstd).value() == Compression::Zstd);
    CHECK(layer_compression(media_type::kDockerLayerGzip).value() == Compression::Gzip);
    CHECK(layer_compression("application/vnd.in-toto+json").error().kind == ErrorKind::Input);
    CHECK(oci_media_type(media_type::kDockerLayerGzip) == media_type::kLayerGzip);
    CHECK(oci_media_type("x/y") == "x/y");
    for (const Compression compression : {Compression::None, Compression::Gzip, Compression::Zstd}) {
        CHECK(parse_compression(compression_name(compression)).value() == compression);
        CHECK(layer_compression(layer_media_type(compression)).value() == compression);
    }
    CHECK(parse_compression("xz").error().message == "\"xz\" is not a compression: expected gzip, zstd or uncompressed");
}

TEST_CASE("the chain id of a stack") {
    const std::array<Digest, 3> stack{Digest::of("a"), Digest::of("b"), Digest::of("c")};
    CHECK(chain_id({}).empty());
    CHECK(chain_id(std::span(stack).first(1)) == stack[0]);
    const Digest two = Digest::of(stack[0].text() + " " + stack[1].text());
    CHECK(chain_id(stack) == Digest::of(two.text() + " " + stack[2].text()));
}
