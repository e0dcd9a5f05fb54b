// What a stack of layers shows, by path and content, made of the listings of its layers as overlayfs would merge them. Reads no file.
#pragma once

#include "runtime/freshness/layer_listing.h"

#include <memory>
#include <vector>

namespace mabplan::runtime {

// Where the files of a layer come from.
enum class LayerSource : std::uint8_t {
    Given,  // contexts and other stages: what was copied or is mounted
    Made,   // base images, and what commands made
};

struct StackedLayer {
    std::shared_ptr<const LayerListing> listing;
    LayerSource source = LayerSource::Given;
};

struct ShownFile {
    const ListedFile* file = nullptr;         // of the topmost layer that describes it
    LayerSource source = LayerSource::Given;  // of that layer
    Fingerprint content{};                    // of a directory: the names in it
};

class StackListing {
public:
    // Bottom first.
    explicit StackListing(std::vector<StackedLayer> layers);

    // In the order of a listing. None without a layer.
    const std::vector<ShownFile>& files() const { return files_; }

private:
    std::vector<StackedLayer> layers_;  // what files_ points into
    std::vector<ShownFile> files_;
};

}  // namespace mabplan::runtime
