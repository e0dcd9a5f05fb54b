#include "runtime/store/named_blobs.h"

#include "plans/oci/manifest.h"

#include <variant>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMostDocumentBytes = 8U << 20U;
constexpr int kDeepestIndex = 8;

void reach(const BlobStore& blobs, const Descriptor& blob, int depth, std::set<Digest>& reached) {
    if (!reached.insert(blob.digest).second || !(is_index_type(blob.media_type) || is_manifest_type(blob.media_type)) ||
        depth == kDeepestIndex)
        return;
    if (blobs.size(blob.digest).value_or(kMostDocumentBytes + 1) > kMostDocumentBytes) return;
    const auto bytes = blobs.read(blob.digest, kMostDocumentBytes);
    if (!bytes) return;
    const auto document = parse_manifest(*bytes, blob.media_type, "");
    if (!document) return;
    const bool is_index = std::holds_alternative<Index>(*document);
    for (const Descriptor& named : named_in(*document)) {
        if (is_index) reach(blobs, named, depth + 1, reached);
        else reached.insert(named.digest);
    }
}

}  // namespace

Result<std::set<Digest>> blobs_of_named_images(Store& store) {
    MABPLAN_TRY(images, store.records().images());
    std::set<Digest> reached;
    for (const NamedImage& image : images) reach(store.blobs(), image.root, 0, reached);
    return reached;
}

}  // namespace mabplan::runtime
