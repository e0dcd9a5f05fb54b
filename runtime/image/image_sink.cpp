#include "runtime/image/image_sink.h"

#include "runtime/sys/thread.h"

#include <algorithm>
#include <atomic>
#include <vector>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kMostAtOnce = 4;  // blobs on their way

}  // namespace

Status bring_all(const ImageContent& content, ImageBlobs& blobs) {
    std::vector<const Descriptor*> missing;
    for (const Descriptor& blob : content.blobs)
        if (blobs.store().size(blob.digest) != blob.size) missing.push_back(&blob);
    if (missing.empty()) return {};
    std::atomic<std::size_t> next{0};
    std::atomic<bool> failed{false};
    return share_work(std::min(kMostAtOnce, missing.size()), [&]() -> Status {
        for (std::size_t i = next++; i < missing.size() && !failed; i = next++) {
            const Descriptor& blob = *missing[i];
            Status brought = blobs.bring(blob);
            if (brought) continue;
            failed = true;
            return brought;
        }
        return {};
    });
}

}  // namespace mabplan::runtime
