// Where an image goes: the counterpart of ImageSource. Knows one destination; does not know how the image came about.
#pragma once

#include "plans/base/result.h"
#include "runtime/image/image_content.h"
#include "runtime/store/blob_store.h"

namespace mabplan::runtime {

class ImageSink {
public:
    virtual ~ImageSink() = default;
    // True if the image is there already, whole and under its names: writing it would change nothing.
    virtual Result<bool> is_current(const ImageContent& content) = 0;
    // All that the index reaches and then its names: whoever reads there finds the former image or this one, whole. A blob that is damaged
    // in the store leaves it and is a Verify error.
    virtual Status write(const ImageContent& content, const BlobStore& blobs) = 0;
};

}  // namespace mabplan::runtime
