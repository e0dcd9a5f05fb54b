#include "runtime/image/image_source.h"
#include "plans/base/text.h"
#include "runtime/store/store.h"
#include "tests/support/temporary_directory.h"
#include "tests/unit/runtime/http/http_server.h"
#include "tests/unit/runtime/image/fixture.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;
using tests::Answer;
using tests::ImageFixture;

namespace {

Result<ResolvedImage> resolve(const std::string& dir, const Platform& wanted) {
    return open_layout_source(parse_layout_address(dir).value()).value()->resolve(wanted);
}

Descriptor attestation(ImageFixture& fixture) {
    Descriptor entry = fixture.image(Platform{"unknown", "unknown", "", "", {}}, "provenance");
    entry.annotations["vnd.docker.reference.type"] = "attestation-manifest";
    return entry;
}

}  // namespace

TEST_CASE("the image for a platform is chosen from an index") {
    ImageFixture fixture;
    const Descriptor arm64 = fixture.image(tests::kArm64, "arm64 layer");
    const Descriptor armv6 = fixture.image(tests::kArmV6, "arm layer");
    const Descriptor root = fixture.index({fixture.image(tests::kAmd64), attestation(fixture), armv6, arm64});
    const std::string dir = fixture.write(root, {"app:1"});
    const ResolvedImage image = resolve(dir, Platform{"linux", "arm64", "", "", {}}).value();
    CHECK(image.index_digest == root.digest);
    CHECK(image.descriptor.digest == arm64.digest);
    CHECK(image.platform == tests::kArm64);
    CHECK(image.manifest.layers.front().digest == Digest::of("arm64 layer"));
    CHECK(image.config.diff_ids == std::vector<Digest>{Digest::of("arm64 layer")});
    CHECK(Digest::of(image.manifest_bytes) == arm64.digest);
    CHECK(resolve(dir, Platform{"linux", "arm", "v7", "", {}}).value().descriptor.digest == armv6.digest);

    const Error error = resolve(dir, Platform{"linux", "s390x", "", "", {}}).error();
    CHECK(error.kind == ErrorKind::Input);
    CHECK(error.message == "the layout " + dir + " has no image for linux/s390x");
    CHECK(error.detail == "platforms there are: linux/amd64, linux/arm/v6, linux/arm64");
}

TEST_CASE("indexes inside indexes, to a depth") {
    ImageFixture fixture;
    Descriptor root = fixture.index({fixture.image(tests::kAmd64)});
    for (int depth = 0; depth < 3; ++depth) root = fixture.index({root});
    CHECK(resolve(fixture.write(root, {"a:1"}) + ":1", tests::kAmd64).has_value());
    root = fixture.index({root});
    CHECK(resolve(fixture.write(root, {"a:1"}) + ":1", tests::kAmd64).error().kind == ErrorKind::Verify);
}

TEST_CASE("a manifest without an index tells its platform by its configuration") {
    ImageFixture fixture;
    Descriptor manifest = fixture.image(tests::kArm64);
    manifest.platform.reset();
    const std::string dir = fixture.write(manifest);
    const ResolvedImage image = resolve(dir, tests::kArm64).value();
    CHECK(image.index_digest.empty());
    CHECK(image.platform == tests::kArm64);
    const Error error = resolve(dir, tests::kAmd64).error();
    CHECK(error.kind == ErrorKind::Input);
    CHECK(error.detail == "platforms there are: linux/arm64");
    const auto source = open_layout_source(parse_layout_address(dir).value()).value();
    CHECK(source->resolve(tests::kAmd64, BareManifest::Take).value().platform == tests::kArm64);
    const std::string index = fixture.write(fixture.index({fixture.image(tests::kArm64)}));
    CHECK_FALSE(open_layout_source(parse_layout_address(index).value()).value()->resolve(tests::kAmd64, BareManifest::Take));
}

TEST_CASE("documents that contradict each other are refused") {
    ImageFixture fixture;
    const std::string two = Digest::of("x").text() + "\",\"" + Digest::of("y").text();
    const std::string config = format(R"({{"os":"linux","architecture":"amd64","rootfs":{{"type":"layers","diff_ids":["{}"]}}}})", two);
    const Descriptor image = fixture.image_of(tests::kAmd64, "layer", config);
    const Error error = resolve(fixture.write(fixture.index({image})), tests::kAmd64).error();
    CHECK(error.kind == ErrorKind::Verify);
    CHECK(error.message == format("the manifest {} lists 1 layers, its configuration 2", image.digest.text()));
}

TEST_CASE("an index that says another size than the blob has") {
    ImageFixture fixture;
    Descriptor image = fixture.image(tests::kAmd64);
    image.size += 1;
    CHECK(resolve(fixture.write(fixture.index({image})), tests::kAmd64).error().kind == ErrorKind::Verify);
}

TEST_CASE("what is no image to run") {
    ImageFixture fixture;
    Manifest chart;
    chart.config = fixture.put("application/vnd.cncf.helm.config.v1+json", "{}");
    Descriptor descriptor = fixture.put(media_type::kManifest, write_manifest(chart));
    const Error error = resolve(fixture.write(descriptor), tests::kAmd64).error();
    CHECK(error.kind == ErrorKind::Input);
    CHECK(error.message ==
          format("the manifest {} is not an image that can be run: its configuration is \"application/vnd.cncf.helm.config.v1+json\"",
                 descriptor.digest.text()));
}

TEST_CASE("the same from a registry, each document asked for once") {
    ImageFixture fixture;
    const Descriptor arm64 = fixture.image(tests::kArm64, "arm64 layer");
    const Descriptor root = fixture.index({fixture.image(tests::kAmd64), arm64});
    tests::HttpServer server([&](const tests::Request& request) {
        const std::string which = request.target.substr(request.target.rfind('/') + 1);
        const Digest digest = which == "1" ? root.digest : Digest::parse(which).value_or(Digest());
        const Result<std::string> bytes = fixture.store.read(digest);
        return bytes ? Answer{.body = *bytes} : Answer{404};
    });
    RegistryOptions options;
    options.hosts[server.host()].http = true;
    RegistryClient client(std::make_shared<RegistrySession>(options));
    const tests::TemporaryDirectory folder;
    const auto store = Store::open(folder / "store").value();
    const RegistryMemory memory(store->blobs(), store->records());
    const auto source = open_registry_source(&client, memory, parse_reference(server.host() + "/app:1").value());
    const ResolvedImage image = source->resolve(Platform{"linux", "arm64", "", "", {}}).value();
    CHECK(image.index_digest == root.digest);
    CHECK(image.descriptor.digest == arm64.digest);
    CHECK(source->resolve(tests::kAmd64).value().platform == tests::kAmd64);
    CHECK(source->list().value().images.size() == 2);
    CHECK(server.count("/v2/app/manifests/1") == 1);
    CHECK(server.requests().size() == 5);

    ImageFixture other;
    const Descriptor& layer = image.manifest.layers.front();
    REQUIRE(source->fetch_blob(layer, other.store, {}));
    CHECK(other.store.read(layer.digest).value() == "arm64 layer");
}
