// All that a name stands for, gathered for copying; archives of images; what registries said before.
#include "runtime/image/image_graph.h"

#include "runtime/image/image_archive.h"
#include "runtime/image/image_source.h"
#include "runtime/image/registry_memory.h"
#include "runtime/store/store.h"
#include "tests/support/layer_builder.h"
#include "tests/unit/runtime/image/fixture.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace mabplan;
using namespace mabplan::runtime;
using tests::ImageFixture;

namespace {

class TextSource final : public ByteSource {
public:
    explicit TextSource(std::string text) : text_(std::move(text)) {}
    Result<std::size_t> read(std::span<char> buffer) override {
        const std::size_t count = std::min(buffer.size(), text_.size() - at_);
        std::copy_n(text_.begin() + static_cast<std::ptrdiff_t>(at_), count, buffer.begin());
        at_ += count;
        return count;
    }

private:
    std::string text_;
    std::size_t at_ = 0;
};

struct TextSink final : ByteSink {
    std::string text;
    Status write(std::string_view bytes) override {
        text += bytes;
        return {};
    }
};

Result<ImageContent> gather(ImageFixture& fixture, const std::vector<Descriptor>& roots, const std::vector<Platform>& platforms = {}) {
    const ReadDocument read = [&](const Descriptor& document) { return fixture.store.read(document.digest); };
    return gather_image({roots, "it"}, platforms, read, fixture.store);
}

// The place of a blob among those of a content.
std::ptrdiff_t place(const ImageContent& content, const Digest& digest) {
    const auto found =
        std::find_if(content.blobs.begin(), content.blobs.end(), [&](const Descriptor& blob) { return blob.digest == digest; });
    REQUIRE(found != content.blobs.end());
    return found - content.blobs.begin();
}

std::string archive_of(ImageFixture& fixture, const Descriptor& root, const std::vector<std::string>& tags) {
    fixture.content.index = root;
    fixture.content.tags.clear();
    for (const std::string& tag : tags) fixture.content.tags.push_back(parse_reference(tag).value());
    TextSink tar;
    REQUIRE(write_layout_tar(tar, {&fixture.content, 1}, fixture.store));
    return tar.text;
}

}  // namespace

TEST_CASE("everything is gathered as it is, documents behind what they name") {
    ImageFixture fixture;
    const Descriptor amd64 = fixture.image(tests::kAmd64, "amd64 layer"), arm64 = fixture.image(tests::kArm64, "arm64 layer");
    Descriptor proof = fixture.image({"unknown", "unknown", "", "", {}}, "provenance");
    proof.annotations["vnd.docker.reference.type"] = "attestation-manifest";
    const Descriptor inner = fixture.index({arm64, proof});
    const Descriptor root = fixture.index({amd64, inner});
    const ImageContent content = gather(fixture, {root}).value();
    CHECK(content.index.digest == root.digest);
    CHECK(content.images.size() == 3);
    CHECK(place(content, arm64.digest) < place(content, inner.digest));
    CHECK(place(content, Digest::of("arm64 layer")) < place(content, arm64.digest));
    CHECK(place(content, Digest::of("provenance")) < place(content, proof.digest));
    CHECK(std::none_of(content.blobs.begin(), content.blobs.end(), [&](const Descriptor& blob) { return blob.digest == root.digest; }));
}

TEST_CASE("of some platforms one is a manifest, several are an index of them in the order of the original") {
    ImageFixture fixture;
    const Descriptor amd64 = fixture.image(tests::kAmd64, "a"), arm64 = fixture.image(tests::kArm64, "b"),
                     arm = fixture.image(tests::kArmV6, "c");
    const Descriptor root = fixture.index({amd64, arm64, arm});
    const ImageContent one = gather(fixture, {root}, {tests::kArm64}).value();
    CHECK(one.index.digest == arm64.digest);
    CHECK(one.blobs.size() == 2);
    const ImageContent two = gather(fixture, {root}, {tests::kArmV6, tests::kAmd64}).value();
    const auto index = std::get<Index>(parse_manifest(fixture.store.read(two.index.digest).value(), "", "").value());
    REQUIRE(index.manifests.size() == 2);
    CHECK(index.manifests[0].digest == amd64.digest);
    CHECK(index.manifests[1].digest == arm.digest);
    const auto none = gather(fixture, {root}, {Platform{"linux", "s390x", "", "", {}}});
    REQUIRE_FALSE(none);
    CHECK(none.error().kind == ErrorKind::Input);
    CHECK(none.error().detail.find("linux/amd64") != std::string::npos);
}

TEST_CASE("platforms that lie side by side become one index; indexes in indexes have an end") {
    ImageFixture fixture;
    const Descriptor amd64 = fixture.image(tests::kAmd64, "a"), arm64 = fixture.image(tests::kArm64, "b");
    CHECK(gather(fixture, {amd64, arm64}).value().images.size() == 2);
    Descriptor deep = fixture.index({amd64});
    for (int depth = 0; depth < 10; ++depth) deep = fixture.index({deep});
    CHECK(gather(fixture, {deep}).error().message.find("nested deeper") != std::string::npos);
}

TEST_CASE("an archive of a layout is taken in with its names") {
    ImageFixture fixture;
    const Descriptor root = fixture.index({fixture.image(tests::kAmd64)});
    const std::string tar = archive_of(fixture, root, {"app:1", "registry.lan/app:2"});
    ImageFixture other;
    const auto images = read_image_archive(std::make_unique<TextSource>(tar), "a.tar", other.store).value();
    REQUIRE(images.size() == 1);
    CHECK(images[0].root.digest == root.digest);
    CHECK(images[0].names == std::vector<std::string>{"docker.io/library/app:1", "registry.lan/app:2"});
    for (const Descriptor& blob : fixture.content.blobs) CHECK(other.store.size(blob.digest) == blob.size);
}

TEST_CASE("what docker saves becomes a manifest, its layers by what they are") {
    const std::string plain = "a layer that is not packed", packed = "\x1f\x8b packed";
    const std::string config = R"({"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":[")" +
                               Digest::of(plain).text() + R"(",")" + Digest::of("unpacked").text() + R"("]}})";
    const std::string manifest =
        R"([{"Config":"c.json","RepoTags":["app:1","registry.lan/app:2"],"Layers":["a/layer.tar","./b/layer.tar"]}])";
    const auto file = [](const std::string& path, const std::string& text) {
        return tests::Content{tests::file_line(path, text.size()), text};
    };
    ImageFixture fixture;
    const auto taken = [&](const std::string& text) {
        const std::string tar =
            tests::tar_of({file("a/layer.tar", plain), file("b/layer.tar", packed), file("c.json", config), file("manifest.json", text)});
        return read_image_archive(std::make_unique<TextSource>(tar), "d.tar", fixture.store);
    };
    const auto images = taken(manifest).value();
    REQUIRE(images.size() == 1);
    CHECK(images[0].names == std::vector<std::string>{"docker.io/library/app:1", "registry.lan/app:2"});
    const auto read = std::get<Manifest>(parse_manifest(fixture.store.read(images[0].root.digest).value(), "", "").value());
    CHECK(read.config.digest == Digest::of(config));
    REQUIRE(read.layers.size() == 2);
    CHECK(read.layers[0].media_type == media_type::kLayer);
    CHECK(read.layers[1].media_type == media_type::kLayerGzip);
    const auto refused = [&](const std::string& text) { return taken(text).error().message; };
    CHECK(refused(R"([{"Config":"none.json","Layers":[]}])").find("are not there") != std::string::npos);
    CHECK(refused(R"([{"Config":"c.json","Layers":["a/layer.tar"]}])").find("its configuration lists 2") != std::string::npos);
    CHECK(refused(R"([{"Config":"c.json","Layers":["a/layer.tar","x"]}])").find("which is not there") != std::string::npos);
    CHECK(refused("{}").find("no list of images") != std::string::npos);
}

TEST_CASE("archives that hold no images, and damaged ones, are refused") {
    ImageFixture fixture;
    const auto refused = [&](std::string bytes) {
        ImageFixture other;
        const auto images = read_image_archive(std::make_unique<TextSource>(std::move(bytes)), "a.tar", other.store);
        return images ? std::string("taken") : format_error(images.error());
    };
    CHECK(refused("this is no tar").find("a.tar") != std::string::npos);
    CHECK(refused(std::string(1024, '\0')).find("holds no images") != std::string::npos);
    const Descriptor root = fixture.index({fixture.image(tests::kAmd64, "the layer of it")});
    std::string tar = archive_of(fixture, root, {"app:1"});
    tar.replace(tar.find("the layer of it"), 3, "THE");
    CHECK(refused(tar).find("the bytes are not what was asked for") != std::string::npos);
}

TEST_CASE("what a registry said is remembered by name and by digest") {
    const tests::TemporaryDirectory folder;
    const auto store = Store::open(folder / "store").value();
    RegistryMemory memory(store->blobs(), store->records());
    const Reference tag = parse_reference("registry.lan/app:1").value();
    CHECK_FALSE(memory.recall(tag).value());
    const std::string bytes = write_index(Index{});
    const Descriptor root{std::string(media_type::kDockerList), Digest::of(bytes), bytes.size(), {}, {}};
    REQUIRE(memory.remember(tag, root));
    CHECK_FALSE(memory.recall(tag).value());  // the document itself is not here
    REQUIRE(memory.keep(root.digest, bytes));
    CHECK(memory.recall(tag).value() == root);
    Reference digest = tag;
    digest.tag.clear();
    digest.digest = root.digest;
    CHECK(memory.recall(digest).value()->digest == root.digest);
    CHECK(memory.find(root).value() == bytes);
    CHECK_FALSE(memory.find({"", Digest::of("other"), 5, {}, {}}));
}

TEST_CASE("without a client what is remembered is used, and what is missing is named") {
    const tests::TemporaryDirectory folder;
    const auto store = Store::open(folder / "store").value();
    RegistryMemory memory(store->blobs(), store->records());
    const Reference tag = parse_reference("registry.lan/app:1").value();
    const auto missing = open_registry_source(nullptr, memory, tag)->list();
    REQUIRE_FALSE(missing);
    CHECK(missing.error().kind == ErrorKind::Registry);
    CHECK(missing.error().message.find("registry.lan/app:1") != std::string::npos);
    ImageFixture fixture;
    const Descriptor root = fixture.index({fixture.image(tests::kAmd64)});
    for (const Descriptor& blob : fixture.content.blobs)
        if (blob.media_type != media_type::kLayer) REQUIRE(store->blobs().put(blob.digest, fixture.store.read(blob.digest).value()));
    REQUIRE(memory.remember(tag, root));
    const auto source = open_registry_source(nullptr, memory, tag);
    const ResolvedImage image = source->resolve(tests::kAmd64).value();
    CHECK(image.index_digest == root.digest);
    const Status layer = source->fetch_blob(image.manifest.layers[0], store->blobs(), {});
    REQUIRE_FALSE(layer);
    CHECK(layer.error().message.find(image.manifest.layers[0].digest.text()) != std::string::npos);
}
