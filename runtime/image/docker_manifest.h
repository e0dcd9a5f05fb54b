// The manifest.json that `docker load` reads in a tar (docker save format v1.2): an entry an image, blobs as they lie in an OCI layout.
#pragma once

#include "runtime/image/image_content.h"

#include <span>
#include <string>

namespace mabplan::runtime {

// Of contents with one image each.
std::string write_docker_manifest(std::span<const ImageContent> contents);

}  // namespace mabplan::runtime
