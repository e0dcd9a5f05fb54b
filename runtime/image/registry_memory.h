// What registries said before, kept in the store: which document a tag stood for, and the documents. So nothing is asked twice, and what
// was fetched once can be used without the network.
#pragma once

#include "plans/oci/descriptor.h"
#include "plans/oci/reference.h"
#include "runtime/store/blob_store.h"
#include "runtime/store/records.h"

#include <optional>
#include <string>

namespace mabplan::runtime {

class RegistryMemory {
public:
    RegistryMemory(const BlobStore& blobs, Records& records) : blobs_(blobs), records_(records) {}

    // What the reference stood for when it was asked last: by its digest the document, if that is here. Nothing: nobody has asked.
    Result<std::optional<Descriptor>> recall(const Reference& reference) const;
    Status remember(const Reference& reference, const Descriptor& root);
    // A document; nothing if it is not here, or damaged.
    std::optional<std::string> find(const Descriptor& document) const;
    Status keep(const Digest& digest, std::string_view bytes) const { return blobs_.put(digest, bytes); }

private:
    const BlobStore& blobs_;
    Records& records_;
};

}  // namespace mabplan::runtime
