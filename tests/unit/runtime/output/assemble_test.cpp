// The documents of an image: their bytes depend on what is in it alone.
#include "runtime/output/assemble.h"

#include "plans/base/json.h"
#include "plans/oci/manifest.h"
#include "tests/support/built_images.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;
using tests::BuiltImages;

namespace {

const Digest kBase = Digest::of("base"), kOwn = Digest::of("own");

Cell cell_of(std::string config) {
    Cell cell;
    cell.platform = {"linux", "amd64", "", "", {}};
    cell.config = std::move(config);
    cell.history = {{"COPY a /", ActionId{1}, 60}, {"ENV A=1", {}, {}}};
    return cell;
}

Json completed(const Cell& cell, const std::vector<Digest>& diff_ids, std::int64_t now = 90) {
    return Json::parse(complete_config(cell, diff_ids, now));
}

Descriptor packed(const Digest& diff_id) { return {std::string(media_type::kLayer), Digest::of(diff_id.text()), 10, {}, {}}; }

}  // namespace

TEST_CASE("a configuration gets its layers and history; members of the base stay") {
    const Json config = completed(cell_of(R"({"os":"linux","config":{"Env":["A=1"]},"history":[{"created_by":"base"}]})"), {kBase, kOwn});
    CHECK(dump_json(config["config"]) == R"({"Env":["A=1"]})");
    CHECK(dump_json(config["rootfs"]) == R"({"diff_ids":[")" + kBase.text() + R"(",")" + kOwn.text() + R"("],"type":"layers"})");
    CHECK(dump_json(config["history"]) == R"([{"created_by":"base"},{"created":"1970-01-01T00:01:00Z","created_by":"COPY a /"},)"
                                          R"({"created":"1970-01-01T00:01:30Z","created_by":"ENV A=1","empty_layer":true}])");
}

TEST_CASE("layers that the base's history leaves out are filled in, and empty ones do not count") {
    const Json config = completed(cell_of(R"({"history":[{"created_by":"x","empty_layer":true}]})"), {kBase, kBase, kOwn});
    REQUIRE(config["history"].size() == 5);
    CHECK(dump_json(config["history"][1]) == R"({"created":"1970-01-01T00:01:30Z"})");
    CHECK(config["history"][1] == config["history"][2]);
    CHECK(completed(cell_of(R"({"history":"none"})"), {kBase, kOwn})["history"].size() == 3);
    CHECK(completed(cell_of("{}"), {})["history"].size() == 2);
}

TEST_CASE("an image has its own time, or that of the clock") {
    Cell cell = cell_of("{}");
    CHECK(completed(cell, {kOwn})["created"] == "1970-01-01T00:01:30Z");
    cell.created = 3600;
    CHECK(completed(cell, {kOwn})["created"] == "1970-01-01T01:00:00Z");
    CHECK(completed(cell, {kOwn}, 1) != completed(cell, {kOwn}, 2));  // a line of its history has none of its own
}

TEST_CASE("configuration and manifest are in the store, with the annotations where they belong") {
    const BuiltImages images;
    Cell cell = cell_of("{}");
    cell.annotations = {{"m", "1"}};
    cell.descriptor_annotations = {{"d", "2"}};
    const ImageParts image = assemble_image(cell, {{kOwn}, {packed(kOwn)}}, 0, images.blobs()).value();
    CHECK(image.manifest.platform == cell.platform);
    CHECK(image.manifest.annotations == Annotations{{"d", "2"}});
    CHECK(images.blobs().read(image.config.digest).value() == complete_config(cell, {kOwn}, 0));
    const std::string bytes = images.blobs().read(image.manifest.digest).value();
    CHECK(bytes.size() == image.manifest.size);
    const auto manifest = std::get<Manifest>(parse_manifest(bytes, media_type::kManifest, "it").value());
    CHECK(manifest.config.digest == image.config.digest);
    REQUIRE(manifest.layers.size() == 1);
    CHECK(manifest.layers[0].digest == packed(kOwn).digest);
    CHECK(manifest.annotations == Annotations{{"m", "1"}});
}

TEST_CASE("an index has its images in their order, and names each blob once") {
    const BuiltImages images;
    Target target;
    target.annotations = {{"i", "1"}};
    target.descriptor_annotations = {{"d", "2"}};
    std::vector<ImageParts> parts;
    for (const char* architecture : {"arm64", "amd64"}) {
        Cell cell = cell_of(std::string(R"({"architecture":")") + architecture + R"("})");
        cell.platform.architecture = architecture;
        parts.push_back(assemble_image(cell, {{kBase}, {packed(kBase)}}, 0, images.blobs()).value());
    }
    const ImageContent content = assemble_index(target, parts, images.blobs()).value();
    CHECK(content.index.annotations == Annotations{{"d", "2"}});
    CHECK(content.images.size() == 2);
    REQUIRE(content.blobs.size() == 5);  // the layer of both once
    const std::string bytes = images.blobs().read(content.index.digest).value();
    const auto index = std::get<Index>(parse_manifest(bytes, media_type::kIndex, "it").value());
    CHECK(index.annotations == Annotations{{"i", "1"}});
    REQUIRE(index.manifests.size() == 2);
    CHECK(index.manifests[0].platform->architecture == "arm64");
    CHECK(index.manifests[1].digest == content.images[1].manifest.digest);
    CHECK(assemble_index(target, parts, images.blobs()).value().index.digest == content.index.digest);
}
