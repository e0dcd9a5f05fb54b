// From a name to one image: through nested indexes to the manifests, by platform to one of them, to its configuration. The same
// for layouts and registries; reads documents through one question.
#pragma once

#include "runtime/image/image_source.h"

#include <functional>
#include <string>
#include <vector>

namespace mabplan::runtime {

// What a name stands for: one document in most cases, several where a layout lists the platforms of one image side by side.
struct ImageRoots {
    std::vector<Descriptor> descriptors;
    std::string name;  // for messages
};

// The bytes of a document (manifest, index or configuration), already verified against digest and size.
using ReadDocument = std::function<Result<std::string>(const Descriptor&)>;

Result<ImageListing> list_images(const ImageRoots& roots, const ReadDocument& read);
struct ImageChoice {
    Platform wanted;
    BareManifest bare = BareManifest::Refuse;
};
Result<ResolvedImage> resolve_image(const ImageRoots& roots, const ImageChoice& choice, const ReadDocument& read);

}  // namespace mabplan::runtime
