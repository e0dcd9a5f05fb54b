#include "runtime/image/image_sink.h"

#include "runtime/sys/thread.h"

#include <vector>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kMostAtOnce = 4;  // blobs on their way

}  // namespace

Status bring_all(const ImageContent& content, ImageBlobs& blobs) {
    std::vector<const Descriptor*> missing;
    for (const Descriptor& blob : content.blobs)
        if (blobs.store().size(blob.digest) != blob.size) missing.push_back(&blob);
    return share_items(missing.size(), kMostAtOnce, [&](std::size_t i) { return blobs.bring(*missing[i]); });
}

}  // namespace mabplan::runtime
