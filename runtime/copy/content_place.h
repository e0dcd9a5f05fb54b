// Where the content of a file in a new layer comes from.
#pragma once

#include "runtime/copy/content_spool.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace mabplan::runtime {

// In the source of a copy's part. Many entries share one place: below a directory each lies where the rest of its path leads.
struct InSource {
    std::uint32_t part = 0;
    std::string path;                                   // in the tree of the part: of the file, or of the directory
    std::optional<std::size_t> destination_bytes = {};  // of a directory: how much of an entry's path leads to where it was copied to
};

// A file of the root file system itself, which a hard link of an archive names.
struct InRoot {
    std::string path;
};

using ContentPlace = std::variant<InSource, SpooledContent, InRoot>;

}  // namespace mabplan::runtime
