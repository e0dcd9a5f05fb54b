// Reading from registries (distribution-spec, "Pull"): manifests and blobs, each byte verified, from mirrors first where there are any.
#pragma once

#include "plans/oci/descriptor.h"
#include "plans/oci/reference.h"
#include "runtime/registry/registry_session.h"
#include "runtime/store/blob_store.h"
#include "runtime/sys/byte_progress.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mabplan::runtime {

struct FetchedManifest {
    Digest digest;           // of the bytes
    std::string media_type;  // as announced, if it is one of a manifest or index; else empty
    std::string bytes;
};

// Safe to use from several threads.
class RegistryClient {
public:
    explicit RegistryClient(std::shared_ptr<RegistrySession> session) : session_(std::move(session)) {}

    // By the digest of the reference if it has one, else by its tag. Bytes that do not hash to the digest asked for, or to the one
    // the registry announces, are a Verify error; what is refused is a Registry error that names host, repository and status.
    Result<FetchedManifest> fetch_manifest(const Reference& reference);
    // The tags of the reference's repository (tag_list.h), all of them. Asked of the registry itself, no mirror.
    Result<std::vector<std::string>> list_tags(const Reference& reference);
    // What refers to a manifest of the reference's repository (referrers.h).
    Result<std::vector<Descriptor>> find_referrers(const Reference& reference, const Digest& subject);
    // A small blob (a configuration), verified against digest and size; at most 8 MiB.
    Result<std::string> read_blob(const Reference& reference, const Descriptor& blob);
    // Brings the blob into the store unless it is there. Verified against digest and size.
    Status fetch_blob(const Reference& reference, const Descriptor& blob, const BlobStore& store, const ByteProgress& progress = {});
    // Passes the bytes on as they come: as many as there are to be, and not verified against the digest.
    Status send_blob(const Reference& reference, const Descriptor& blob, ByteSink& sink);

private:
    Result<FetchedManifest> manifest_from(const Endpoint& endpoint, const Reference& reference);
    Status blob_from(const Endpoint& endpoint, const Reference& reference, const Descriptor& blob, ByteSink& sink);
    Error with_tags(Error error, const Endpoint& endpoint, const Reference& reference);

    std::shared_ptr<RegistrySession> session_;
};

}  // namespace mabplan::runtime
