#include "runtime/store/named_blobs.h"

#include "plans/oci/manifest.h"

#include <optional>
#include <string>
#include <utility>

namespace mabplan::runtime {

Result<std::set<Digest>> blobs_of_named_images(Store& store) {
    MABPLAN_TRY(images, store.records().images());
    std::set<Digest> reached;
    const BlobStore& blobs = store.blobs();
    const FindDocument find_document = [&](const Descriptor& document) -> std::optional<std::string> {
        if (blobs.size(document.digest).value_or(kMostDocumentBytes + 1) > kMostDocumentBytes) return std::nullopt;
        auto bytes = blobs.read(document.digest, kMostDocumentBytes);
        return bytes ? std::optional(std::move(*bytes)) : std::nullopt;
    };
    // what an incomplete image names besides is kept as well
    for (const NamedImage& image : images) reach_blobs(image.root, find_document, reached);
    return reached;
}

}  // namespace mabplan::runtime
