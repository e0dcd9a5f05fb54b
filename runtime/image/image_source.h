// Where an image comes from: a layout or a registry. Finds what there is, chooses for a platform, brings the blobs.
#pragma once

#include "plans/oci/image_config.h"
#include "plans/oci/manifest.h"
#include "plans/oci/reference.h"
#include "runtime/image/layout_reader.h"
#include "runtime/registry/registry_client.h"
#include "runtime/store/blob_store.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace mabplan::runtime {

// One image among those of an index.
struct OfferedImage {
    Descriptor manifest;
    Platform platform;  // as declared by the index, else by the configuration; not normalised
};

struct ImageListing {
    Digest index;                                    // of the outermost index; empty if there is none
    std::map<std::string, std::string> annotations;  // of that index
    std::vector<OfferedImage> images;                // in the order of the index; attestations and entries for "unknown" left out
};

struct ResolvedImage {
    Digest index_digest;  // of the outermost index; empty if there is none
    Descriptor descriptor;
    std::string manifest_bytes;
    Manifest manifest;
    ImageConfig config;
    Platform platform;  // as declared; not normalised
};

// What to do with a name that stands for one manifest, and no index, where that is for another platform.
enum class BareManifest {
    Refuse,
    Take  // as containerd does: there is nothing to choose from
};

class ImageSource {
public:
    virtual ~ImageSource() = default;

    virtual Result<ImageListing> list() = 0;
    // The best for `wanted` by containerd's rules. None fits: an Input error that lists what there is. Documents that contradict
    // each other (as many layers as diff_ids, sizes, digests) are Verify errors.
    virtual Result<ResolvedImage> resolve(const Platform& wanted, BareManifest bare = BareManifest::Refuse) = 0;
    // Into the store, verified, unless it is there.
    virtual Status fetch_blob(const Descriptor& blob, const BlobStore& store, const ByteProgress& progress) = 0;
};

Result<std::unique_ptr<ImageSource>> open_layout_source(const LayoutAddress& address);
// The client must outlive the source.
std::unique_ptr<ImageSource> open_registry_source(RegistryClient& client, Reference reference);

}  // namespace mabplan::runtime
