#include "runtime/image/docker_manifest.h"

#include "plans/base/format.h"
#include "plans/base/json.h"
#include "runtime/image/layout_names.h"

namespace mabplan::runtime {

namespace {

std::string path_of(const Descriptor& blob) { return format("{}/{}", layout_names::kBlobFolder, blob.digest.hex()); }

Json entry_of(const SavedImage& saved) {
    const ImageParts& parts = *saved.image;
    Json image{{"Config", path_of(parts.config)}, {"Layers", Json::array()}, {"RepoTags", Json::array()}};
    for (const Descriptor& layer : parts.layers) image["Layers"].push_back(path_of(layer));
    for (const Reference& tag : *saved.names)
        if (!tag.tag.empty()) image["RepoTags"].push_back(familiar_reference({tag.domain, tag.repository, tag.tag, std::nullopt}));
    return image;
}

}  // namespace

std::string write_docker_manifest(std::span<const SavedImage> saved) {
    Json images = Json::array();
    for (const SavedImage& each : saved) images.push_back(entry_of(each));
    return dump_json(images);
}

}  // namespace mabplan::runtime
