#include "runtime/image/docker_manifest.h"

#include "plans/base/format.h"
#include "plans/base/json.h"
#include "runtime/image/layout_names.h"

namespace mabplan::runtime {

namespace {

std::string path_of(const Descriptor& blob) { return format("{}/{}", layout_names::kBlobFolder, blob.digest.hex()); }

}  // namespace

std::string write_docker_manifest(const Descriptor& config, const std::vector<Descriptor>& layers, const std::vector<Reference>& tags) {
    Json image{{"Config", path_of(config)}, {"Layers", Json::array()}, {"RepoTags", Json::array()}};
    for (const Descriptor& layer : layers) image["Layers"].push_back(path_of(layer));
    for (const Reference& tag : tags)
        if (!tag.tag.empty()) image["RepoTags"].push_back(familiar_reference({tag.domain, tag.repository, tag.tag, std::nullopt}));
    return dump_json(Json::array({std::move(image)}));
}

}  // namespace mabplan::runtime
