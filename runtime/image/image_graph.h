// All that a name stands for, to be copied as it is: every document verbatim, also those that are no images (attestations, signatures), and
// the blobs they reach. Knows the documents; does not know where they come from or go to.
#pragma once

#include "plans/oci/manifest.h"
#include "runtime/image/image_content.h"
#include "runtime/image/image_walk.h"
#include "runtime/store/blob_store.h"

#include <vector>

namespace mabplan::runtime {

// The documents are in the store afterwards, the other blobs need not be. `platforms`: none for everything; one gives its manifest alone,
// several an index of them, in the order of the original, with its annotations. In `blobs` documents stand behind what they name.
// Also an Input error: a platform that there is no image for, with a list of what there is.
Result<ImageContent> gather_image(const ImageRoots& roots, const std::vector<Platform>& platforms, const ReadDocument& read,
                                  const BlobStore& store, Absent absent = Absent::Refused);

// An index of these, in the store.
Result<Descriptor> put_index(const Index& index, const BlobStore& store);

}  // namespace mabplan::runtime
