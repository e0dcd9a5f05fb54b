// Where an image comes from: a layout, a registry or the store. Finds what there is, chooses for a platform, brings the blobs.
#pragma once

#include "plans/oci/image_config.h"
#include "plans/oci/manifest.h"
#include "plans/oci/reference.h"
#include "runtime/image/image_content.h"
#include "runtime/image/layout_reader.h"
#include "runtime/image/registry_memory.h"
#include "runtime/registry/registry_client.h"
#include "runtime/store/blob_store.h"
#include "runtime/store/image_names.h"

#include <functional>
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

// What to do with documents that an index names and the place has not: registries may keep some of its images alone.
enum class Absent {
    Refused,
    LeftOut,  // but for the outermost one
};

struct GatheredReferrers {
    std::vector<ImageContent> found;   // `index` as it was listed: with its artifact type and annotations
    std::vector<Descriptor> left_out;  // listed, and not there, or of a kind that is no manifest
};

class ImageSource {
public:
    virtual ~ImageSource() = default;

    virtual Result<ImageListing> list() = 0;
    // The best for `wanted` by containerd's rules. None fits: an Input error that lists what there is. Documents that contradict
    // each other (as many layers as diff_ids, sizes, digests) are Verify errors.
    virtual Result<ResolvedImage> resolve(const Platform& wanted, BareManifest bare = BareManifest::Refuse) = 0;
    // All that the name stands for, as it is, for copying (image_graph.h).
    virtual Result<ImageContent> gather(const std::vector<Platform>& platforms, const BlobStore& store,
                                        Absent absent = Absent::Refused) = 0;
    // What refers to the documents of the content (signatures, attestations), and to these in turn: each by itself, with its blobs, behind
    // what it refers to. None from sources that do not know.
    virtual Result<GatheredReferrers> gather_referrers(const ImageContent& content, const BlobStore& store) = 0;
    // Into the store, verified, unless it is there.
    virtual Status fetch_blob(const Descriptor& blob, const BlobStore& store, const ByteProgress& progress) = 0;
    // Passes its bytes on as they come, past any store, and not verified against its digest; a Verify error at the end if they were not as
    // many as its size says.
    virtual Status send_blob(const Descriptor& blob, ByteSink& sink) = 0;
};

// Blobs on their way end with an Interrupted error once `stop`, which may be null and must outlive the source, is raised.
Result<std::unique_ptr<ImageSource>> open_layout_source(const LayoutAddress& address, const Stop* stop = nullptr);
// Client and memory must outlive the source. A tag is asked for, documents and blobs only where they are not in the store. Without a client
// nobody is asked: what is not here is a Registry error that names it.
std::unique_ptr<ImageSource> open_registry_source(RegistryClient* client, RegistryMemory memory, Reference reference);
// An image of the store. `fetch` brings blobs that it names and that were left where they came from.
using FetchElsewhere = std::function<Status(const Descriptor& blob, const ByteProgress& progress)>;
std::unique_ptr<ImageSource> open_stored_source(const BlobStore& store, NamedImage image, FetchElsewhere fetch);

}  // namespace mabplan::runtime
