// Opens what an output names as the place of its images. Asked while a target is exported, answered by who runs the plan, as fetching is
// (runtime/layers/blob_fetcher.h).
#pragma once

#include "plans/model/plan.h"
#include "runtime/image/image_sink.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace mabplan::runtime {

// The names that images go by in an output: those of the target, and the output's own.
inline std::vector<std::string> names_of(const Target& target, const std::vector<std::string>& own) {
    std::vector<std::string> names = target.tags;
    for (const std::string& name : own)
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    return names;
}

class ImageDestinations {
public:
    virtual ~ImageDestinations() = default;
    // For an output that holds images. Writes nothing yet.
    virtual Result<std::unique_ptr<ImageSink>> open(const Output& output, const Target& target) = 0;
};

}  // namespace mabplan::runtime
