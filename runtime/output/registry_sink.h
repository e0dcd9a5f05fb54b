// An image in a registry, under names. Only what is missing there is sent, and only that is fetched from where a base came from.
#pragma once

#include "plans/oci/reference.h"
#include "runtime/image/image_sink.h"
#include "runtime/registry/registry_writer.h"

#include <memory>
#include <vector>

namespace mabplan::runtime {

struct RegistryNames {
    std::vector<Reference> names;
    bool by_digest = false;  // without their tags
};

// Each name gets the same index. The writer must outlive the sink.
std::unique_ptr<ImageSink> open_registry(RegistryWriter& writer, RegistryNames names);

}  // namespace mabplan::runtime
