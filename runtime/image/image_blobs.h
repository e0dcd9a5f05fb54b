// The blobs of images: in a store, or to be brought there from where they came from when somebody wants their bytes. Does not know what an
// image is made of.
#pragma once

#include "plans/model/action.h"
#include "plans/oci/descriptor.h"
#include "runtime/store/blob_store.h"
#include "runtime/sys/stop.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace mabplan::runtime {

// Safe to use from several threads.
class ImageBlobs {
public:
    virtual ~ImageBlobs() = default;
    virtual const BlobStore& store() const = 0;
    // The blob is in the store afterwards, and whoever brought it told of that. A Verify error if nobody has it.
    virtual Status bring(const Descriptor& blob) = 0;
    // Its bytes from `offset` on, in whatever way is quickest: those of the store, or as they come from elsewhere. In the second case
    // nobody has verified them; whoever passes them on does.
    virtual Result<std::unique_ptr<ByteSource>> open(const Descriptor& blob, std::uint64_t offset) {
        MABPLAN_CHECK(bring(blob));
        return store().open_at(blob.digest, offset);
    }
    // Ends what moves them; null: nothing does.
    virtual const Stop* stop() const { return nullptr; }
    // Where it came from, as far as is known; nothing: it was made here.
    virtual std::optional<ImageLocation> origin(const Digest& blob) const = 0;
};

}  // namespace mabplan::runtime
