// Opens what an output names as the place of its images. Asked while a target is exported, answered by who runs the plan, as fetching is
// (runtime/layers/blob_fetcher.h).
#pragma once

#include "plans/model/plan.h"
#include "runtime/image/image_sink.h"

#include <memory>

namespace mabplan::runtime {

class ImageDestinations {
public:
    virtual ~ImageDestinations() = default;
    // For an output that holds images. Writes nothing yet.
    virtual Result<std::unique_ptr<ImageSink>> open(const Output& output, const Target& target) = 0;
};

}  // namespace mabplan::runtime
