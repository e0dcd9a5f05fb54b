// Writes an image index and all it reaches as an OCI layout, a folder or one tar. Reads the blobs from the store and checks them
// on the way; does not know how they were made.
#pragma once

#include "plans/oci/manifest.h"
#include "plans/oci/reference.h"
#include "runtime/store/blob_store.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct LayoutContent {
    Descriptor index;               // the image index, with the annotations of its entries; its blob is in the store too
    std::vector<Descriptor> blobs;  // all that it reaches: manifests, configurations, layers
    std::vector<Reference> tags;    // an entry for each; none: one entry without a name
    std::string docker_manifest;    // not empty: the manifest.json that makes a tar one for `docker load` too
};

// The bytes of index.json.
std::string write_layout_index(const LayoutContent& content);

// True if the folder holds exactly this already: index.json as it would be written, and each blob with its size.
bool layout_is_current(const std::string& folder, const LayoutContent& content);

// Makes the folder if need be. index.json comes last, so that whoever reads sees the old or the new image, whole. Blobs that
// are there with the right size stay; blobs of former images are left. The copies share nothing with the store.
Status write_layout_folder(const std::string& folder, const LayoutContent& content, const BlobStore& store);

// One tar with the same content: entries sorted, owned by 0, with this mtime (seconds). The same content gives the same bytes.
Status write_layout_tar(ByteSink& out, const LayoutContent& content, const BlobStore& store, std::int64_t mtime = 0);

}  // namespace mabplan::runtime
