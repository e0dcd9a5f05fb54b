// An image in a registry: what is sent in which order, and what is left where it is.
#include "runtime/output/registry_sink.h"

#include "runtime/output/image_documents.h"
#include "runtime/sys/file.h"
#include "tests/support/built_images.h"
#include "tests/support/recording_observer.h"
#include "tests/unit/runtime/registry/push_registry.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;
using tests::PushRegistry;

namespace {

struct Pushed : tests::BuiltImages {
    Pushed() {
        for (const char* architecture : {"amd64", "arm64"}) {
            const std::string text = architecture;
            add_cell(architecture, {add_layer({{tests::file_line("who", text.size()), text}})});
        }
        RegistryOptions options;
        options.limits.first_pause = options.limits.longest_pause = std::chrono::milliseconds(1);
        options.trust.host_folders.clear();
        options.hosts[registry.host()].http = true;
        writer = std::make_unique<RegistryWriter>(std::make_shared<RegistrySession>(std::move(options)));
    }
    const ImageContent& content() {
        if (!documents)
            documents = std::make_unique<ImageDocuments>(
                built, [this](const Digest& diff_id, Compression compression) { return layers.pack(diff_id, compression); }, blobs(), 77);
        return *documents->in(Compression::Gzip).value();
    }
    std::unique_ptr<ImageSink> open(const std::vector<std::string>& repositories, bool by_digest = false) {
        RegistryNames names{{}, by_digest};
        for (const std::string& repository : repositories) names.names.push_back({registry.host(), repository, "1", {}});
        return open_registry(*writer, names);
    }

    PushRegistry registry;
    std::unique_ptr<RegistryWriter> writer;
    std::unique_ptr<ImageDocuments> documents;
    tests::RecordingSink told;
    Transfers transfers{told};
};

}  // namespace

TEST_CASE("blobs first, then manifests, the index under its name last; then it is current") {
    Pushed it;
    const auto sink = it.open({"team/app"});
    CHECK_FALSE(sink->is_current(it.content()).value());
    REQUIRE(sink->write(it.content(), it.layers, it.transfers));
    CHECK(sink->is_current(it.content()).value());
    CHECK(it.registry.manifests.at("team/app:1") == it.blobs().read(it.content().index.digest).value());
    CHECK(it.registry.manifests.size() == 3);
    CHECK(it.registry.blobs.size() == 4);
    std::string last;
    for (const tests::Request& request : it.registry.server().requests())
        if (request.method == "PUT") last = request.target;
    CHECK(last == "/v2/team/app/manifests/1");
    CHECK_FALSE(it.told.record.all<Transfer>().empty());
}

TEST_CASE("a second repository of the registry gets its blobs by mounts") {
    Pushed it;
    REQUIRE(it.open({"team/app", "team/other"})->write(it.content(), it.layers, it.transfers));
    CHECK(it.registry.manifests.contains("team/other:1"));
    std::size_t mounts = 0;
    for (const tests::Request& request : it.registry.server().requests())
        mounts += request.target.find("mount=") != std::string::npos ? 1 : 0;
    CHECK(mounts == 4);
}

TEST_CASE("without a tag the index is there under its digest alone") {
    Pushed it;
    const auto sink = it.open({"team/app"}, true);
    REQUIRE(sink->write(it.content(), it.layers, it.transfers));
    CHECK_FALSE(it.registry.manifests.contains("team/app:1"));
    CHECK(it.registry.manifests.contains("team/app@" + it.content().index.digest.text()));
    CHECK(sink->is_current(it.content()).value());
}

TEST_CASE("a blob that is damaged in the store leaves it, and no name is given") {
    Pushed it;
    const Descriptor layer = it.content().images[0].layers[0];
    REQUIRE(write_file(it.blobs().path(layer.digest), std::string(layer.size, 'x')));
    const Status written = it.open({"team/app"})->write(it.content(), it.layers, it.transfers);
    REQUIRE_FALSE(written);
    CHECK(written.error().kind == ErrorKind::Verify);
    CHECK_FALSE(it.blobs().size(layer.digest));
    CHECK_FALSE(it.registry.manifests.contains("team/app:1"));
}
