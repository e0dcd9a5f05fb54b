// What a target became. A plain value.
#pragma once

#include "plans/base/digest.h"
#include "plans/oci/platform.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mabplan::runtime {

// Which digests a report has.
enum class Digests {
    WhereWritten,  // images are assembled, and their layers packed, only for outputs that hold them
    Always,
};

struct ImageReport {
    Platform platform;
    Digest manifest;
    Digest config;
};

struct WrittenOutput {
    std::string destination;
    Digest index;  // of the images in it; empty: it holds files
};

struct TargetReport {
    std::string name;
    std::vector<std::string> tags;
    std::vector<std::string> names;  // those, and what outputs have of their own
    Digest index;                    // of the first output with images; empty: no image was assembled
    std::uint64_t index_size = 0;
    std::vector<ImageReport> images;
    std::vector<WrittenOutput> written;
};

}  // namespace mabplan::runtime
