// Where an image goes: the counterpart of ImageSource. Knows one destination; does not know how the image came about.
#pragma once

#include "plans/base/result.h"
#include "runtime/events/transfers.h"
#include "runtime/image/image_blobs.h"
#include "runtime/image/image_content.h"

namespace mabplan::runtime {

class ImageSink {
public:
    virtual ~ImageSink() = default;
    // True if the image is there already, whole and under its names: writing it would change nothing.
    virtual Result<bool> is_current(const ImageContent& content) = 0;
    // All that the index reaches and then its names: whoever reads there finds the former image or this one, whole. A blob that is damaged
    // in the store leaves it and is a Verify error. What is on its way over a network is told as a transfer.
    virtual Status write(const ImageContent& content, ImageBlobs& blobs, Transfers& transfers) = 0;
};

// All blobs into the store: for a sink that writes each of them.
Status bring_all(const ImageContent& content, ImageBlobs& blobs);

}  // namespace mabplan::runtime
