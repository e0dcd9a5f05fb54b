// Brings the blobs of base images into the store. Answered by the image sources; exec does not know layouts or registries.
#pragma once

#include "plans/model/action.h"
#include "runtime/sys/byte_progress.h"
#include "runtime/sys/byte_stream.h"

namespace mabplan::runtime {

class BlobFetcher {
public:
    virtual ~BlobFetcher() = default;
    // The blob is in the store afterwards, verified. Called by several threads.
    virtual Status fetch(const ImageLocation& location, const Descriptor& blob, const ByteProgress& progress) = 0;
    // Passes its bytes on as they come, past the store: as many as its size says, and not verified. False: there is no such way, and
    // nothing was passed on.
    virtual Result<bool> send(const ImageLocation&, const Descriptor&, ByteSink&, const ByteProgress&) { return false; }
};

}  // namespace mabplan::runtime
