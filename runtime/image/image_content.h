// An assembled image index and all that it reaches, by descriptors: the blobs lie in a store. A plain value; does not know where it goes.
#pragma once

#include "plans/oci/descriptor.h"
#include "plans/oci/reference.h"

#include <cstdint>
#include <vector>

namespace mabplan::runtime {

// One image of the index.
struct ImageParts {
    Descriptor manifest;  // as in the index: with its platform and annotations
    Descriptor config;
    std::vector<Descriptor> layers;  // bottom first
};

struct ImageContent {
    Descriptor index;                  // with the annotations of the entries that name it
    std::vector<Descriptor> blobs;     // all that it reaches, each once: manifests, configurations, layers
    std::vector<ImageParts> images{};  // in the order of the index
    std::vector<Reference> tags{};     // the names that it gets; none: it has no name
    std::string layout_tag{};          // of a layout, in the place of their tags: "app:1", as skopeo has it; empty: the tags
    std::int64_t time = 0;             // of what is written around it and must have one, in seconds since 1970
};

}  // namespace mabplan::runtime
