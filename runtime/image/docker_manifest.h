// The manifest.json that `docker load` reads in a tar (docker save format v1.2): an entry an image, blobs as they lie in an OCI layout.
#pragma once

#include "runtime/image/image_content.h"

#include <span>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct SavedImage {
    const ImageParts* image = nullptr;
    const std::vector<Reference>* names = nullptr;
};
std::string write_docker_manifest(std::span<const SavedImage> saved);

}  // namespace mabplan::runtime
