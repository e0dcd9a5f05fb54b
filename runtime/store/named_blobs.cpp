#include "runtime/store/named_blobs.h"

#include "plans/oci/manifest.h"

#include <variant>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMostDocumentBytes = 8U << 20U;
constexpr int kDeepestIndex = 8;

bool is_document_type(std::string_view type) {
    return type == media_type::kIndex || type == media_type::kDockerList || type == media_type::kManifest ||
           type == media_type::kDockerManifest;
}

void reach(const BlobStore& blobs, const Descriptor& blob, int depth, std::set<Digest>& reached) {
    if (!reached.insert(blob.digest).second || !is_document_type(blob.media_type) || depth == kDeepestIndex) return;
    if (blobs.size(blob.digest).value_or(kMostDocumentBytes + 1) > kMostDocumentBytes) return;
    const auto bytes = blobs.read(blob.digest, kMostDocumentBytes);
    if (!bytes) return;
    const auto document = parse_manifest(*bytes, blob.media_type, "");
    if (!document) return;
    if (const auto* manifest = std::get_if<Manifest>(&*document)) {
        reached.insert(manifest->config.digest);
        for (const Descriptor& layer : manifest->layers) reached.insert(layer.digest);
        return;
    }
    for (const Descriptor& entry : std::get<Index>(*document).manifests) reach(blobs, entry, depth + 1, reached);
}

}  // namespace

Result<std::set<Digest>> blobs_of_named_images(Store& store) {
    MABPLAN_TRY(images, store.records().images());
    std::set<Digest> reached;
    for (const NamedImage& image : images) reach(store.blobs(), image.root, 0, reached);
    return reached;
}

}  // namespace mabplan::runtime
