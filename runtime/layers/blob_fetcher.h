// Brings the blobs of base images into the store. Answered by the image sources; exec does not know layouts or registries.
#pragma once

#include "plans/model/action.h"
#include "runtime/sys/byte_progress.h"

namespace mabplan::runtime {

class BlobFetcher {
public:
    virtual ~BlobFetcher() = default;
    // The blob is in the store afterwards, verified. Called by several threads.
    virtual Status fetch(const ImageLocation& location, const Descriptor& blob, const ByteProgress& progress) = 0;
};

}  // namespace mabplan::runtime
