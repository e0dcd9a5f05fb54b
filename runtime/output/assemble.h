// Image documents from what the actions made: configuration, manifest, index. Deterministic bytes; touches no file but the store's blobs.
#pragma once

#include "plans/model/plan.h"
#include "plans/oci/descriptor.h"
#include "runtime/store/blob_store.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct CellLayers {
    std::vector<Digest> diff_ids;    // bottom first
    std::vector<Descriptor> packed;  // the same layers as blobs
};

struct AssembledImage {
    Descriptor manifest;  // as in the index: with its platform and annotations
    Descriptor config;
    std::vector<Descriptor> layers;  // bottom first
};

// The cell's configuration with rootfs and history completed (image-spec, config.md); `now` is the time of what has none of its own.
std::string complete_config(const Cell& cell, const std::vector<Digest>& diff_ids, std::int64_t now);

// Puts configuration and manifest into the store.
Result<AssembledImage> assemble_image(const Cell& cell, const CellLayers& layers, std::int64_t now, const BlobStore& blobs);

struct AssembledIndex {
    Descriptor index;  // with its annotations
    std::string bytes;
    std::vector<Descriptor> blobs;  // all that the index reaches, each once
};

// One index over the images, in their order; put into the store.
Result<AssembledIndex> assemble_index(const Target& target, const std::vector<AssembledImage>& images, const BlobStore& blobs);

}  // namespace mabplan::runtime
