// Image documents from what the actions made: configuration, manifest, index. Deterministic bytes; touches no file but the store's blobs.
#pragma once

#include "plans/model/plan.h"
#include "plans/oci/descriptor.h"
#include "runtime/image/image_content.h"
#include "runtime/store/blob_store.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct CellLayers {
    std::vector<Digest> diff_ids;    // bottom first
    std::vector<Descriptor> packed;  // the same layers as blobs
};

// The cell's configuration with rootfs and history completed (image-spec, config.md); `now` is the time of what has none of its own.
std::string complete_config(const Cell& cell, const std::vector<Digest>& diff_ids, std::int64_t now);

// Puts configuration and manifest into the store.
Result<ImageParts> assemble_image(const Cell& cell, const CellLayers& layers, std::int64_t now, const BlobStore& blobs);

// One index over the images, in their order; put into the store. The content has no names yet.
Result<ImageContent> assemble_index(const Target& target, std::vector<ImageParts> images, const BlobStore& blobs);

}  // namespace mabplan::runtime
