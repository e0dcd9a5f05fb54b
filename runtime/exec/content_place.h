// Where the content of a file in a new layer comes from.
#pragma once

#include "runtime/exec/content_spool.h"

#include <cstddef>
#include <string>
#include <variant>

namespace mabplan::runtime {

// A file of the source of a copy's part. An empty path: a directory made on the way, without a content.
struct InSource {
    std::size_t part = 0;
    std::string path;
};

// A file of the root file system itself, which a hard link of an archive names.
struct InRoot {
    std::string path;
};

using ContentPlace = std::variant<InSource, SpooledContent, InRoot>;

}  // namespace mabplan::runtime
