#include "runtime/output/assemble.h"

#include "plans/base/format.h"
#include "plans/base/json.h"
#include "plans/base/rfc3339.h"
#include "plans/oci/manifest.h"

#include <set>

namespace mabplan::runtime {

namespace {

bool is_layer_entry(const Json& entry) {
    const Json* empty = find_member(entry, "empty_layer");
    return empty == nullptr || !empty->is_boolean() || !empty->get<bool>();
}

// The history of the base must name as many layers as it has (config.md, "history"): what a base leaves out is filled in.
Json base_history(const Json& document, std::size_t base_layers, const std::string& created) {
    const Json* found = find_member(document, "history");
    Json history = found != nullptr && found->is_array() ? *found : Json::array();
    std::size_t named = 0;
    for (const Json& entry : history) named += is_layer_entry(entry) ? 1 : 0;
    for (; named < base_layers; ++named) history.push_back({{"created", created}});
    return history;
}

std::size_t own_layers(const Cell& cell) {
    std::size_t count = 0;
    for (const HistoryEntry& entry : cell.history) count += entry.layer ? 1 : 0;
    return count;
}

Descriptor describe(std::string_view type, const std::string& bytes) {
    return Descriptor{std::string(type), Digest::of(bytes), bytes.size(), {}, {}};
}

}  // namespace

std::string complete_config(const Cell& cell, const std::vector<Digest>& diff_ids, std::int64_t now) {
    const std::string time = format_rfc3339(cell.created.value_or(now));
    Json document = Json::parse(cell.config);
    const std::size_t own = own_layers(cell);
    Json history = base_history(document, diff_ids.size() >= own ? diff_ids.size() - own : 0, time);
    for (const HistoryEntry& entry : cell.history) {
        Json line{{"created", format_rfc3339(entry.created.value_or(now))}, {"created_by", entry.created_by}};
        if (!entry.layer) line["empty_layer"] = true;
        history.push_back(std::move(line));
    }
    Json ids = Json::array();
    for (const Digest& diff_id : diff_ids) ids.push_back(diff_id.text());
    document["created"] = time;
    document["history"] = std::move(history);
    document["rootfs"] = {{"type", "layers"}, {"diff_ids", std::move(ids)}};
    return dump_json(document);
}

Result<ImageParts> assemble_image(const Cell& cell, const CellLayers& layers, std::int64_t now, const BlobStore& blobs) {
    const std::string config = complete_config(cell, layers.diff_ids, now);
    Manifest manifest;
    manifest.config = describe(media_type::kConfig, config);
    manifest.layers = layers.packed;
    manifest.annotations = cell.annotations;
    const std::string bytes = write_manifest(manifest);
    ImageParts image;
    image.manifest = describe(media_type::kManifest, bytes);
    image.manifest.platform = cell.platform;
    image.manifest.annotations = cell.descriptor_annotations;
    MABPLAN_CHECK(blobs.put(manifest.config.digest, config));
    MABPLAN_CHECK(blobs.put(image.manifest.digest, bytes));
    image.config = manifest.config;
    image.layers = layers.packed;
    return image;
}

Result<ImageContent> assemble_index(const Target& target, std::vector<ImageParts> images, const BlobStore& blobs) {
    ImageContent content;
    Index index;
    index.annotations = target.annotations;
    std::set<Digest> seen;
    const auto add = [&](const Descriptor& blob) {
        if (seen.insert(blob.digest).second) content.blobs.push_back(blob);
    };
    for (const ImageParts& image : images) {
        index.manifests.push_back(image.manifest);
        add(image.manifest);
        for (const Descriptor& layer : image.layers) add(layer);
        add(image.config);
    }
    const std::string bytes = write_index(index);
    content.index = describe(media_type::kIndex, bytes);
    content.index.annotations = target.descriptor_annotations;
    MABPLAN_CHECK(blobs.put(content.index.digest, bytes));
    content.images = std::move(images);
    return content;
}

}  // namespace mabplan::runtime
