#include "runtime/store/named_blobs.h"

#include "plans/oci/manifest.h"
#include "runtime/sys/file.h"

#include <optional>
#include <string>
#include <utility>

namespace mabplan::runtime {

// No use of any: a look at what is there.
void reach_named_blobs(Store& store, const NamedImage& image, std::set<Digest>& reached) {
    const FindDocument find_document = [&](const Descriptor& document) -> std::optional<std::string> {
        auto bytes = read_file(store.blobs().path(document.digest), kMostDocumentBytes);
        return bytes && Digest::of(*bytes) == document.digest ? std::optional(std::move(*bytes)) : std::nullopt;
    };
    // what an incomplete image names besides is kept as well
    reach_blobs(image.root, find_document, reached);
}

}  // namespace mabplan::runtime
