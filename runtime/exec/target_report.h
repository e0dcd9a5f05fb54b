// What a target became. A plain value.
#pragma once

#include "plans/base/digest.h"
#include "plans/oci/platform.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct ImageReport {
    Platform platform;
    Digest manifest;
    Digest config;
};

struct TargetReport {
    std::string name;
    std::vector<std::string> tags;
    Digest index;  // empty: no image was assembled
    std::uint64_t index_size = 0;
    std::vector<ImageReport> images;
    std::vector<std::string> written;  // destinations
};

}  // namespace mabplan::runtime
