// The manifest.json that `docker load` reads in a tar (docker save format v1.2): one image, its blobs as they lie in an OCI layout.
#pragma once

#include "plans/oci/descriptor.h"
#include "plans/oci/reference.h"

#include <string>
#include <vector>

namespace mabplan::runtime {

std::string write_docker_manifest(const Descriptor& config, const std::vector<Descriptor>& layers, const std::vector<Reference>& tags);

}  // namespace mabplan::runtime
