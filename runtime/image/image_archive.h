// Images in one tar, as others write them: an OCI layout (image-spec, image-layout.md), or what `docker save` makes. Taken into a store in
// one pass, for a tar can't be looked up in; every blob is verified. Knows the forms; does not know names of the store.
#pragma once

#include "plans/oci/descriptor.h"
#include "runtime/store/blob_store.h"
#include "runtime/sys/byte_stream.h"

#include <memory>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct ArchivedImage {
    Descriptor root;                 // of its index or manifest, which is in the store with all that the archive had of it
    std::vector<std::string> names;  // full references, or tags alone; none: it has no name
};

// In their order. `what` names the archive in messages. Input errors for what is no archive of images; Verify errors for blobs that are not
// what their names say.
Result<std::vector<ArchivedImage>> read_image_archive(std::unique_ptr<ByteSource> archive, const std::string& what, const BlobStore& store);

}  // namespace mabplan::runtime
