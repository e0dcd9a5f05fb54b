// Files of a stack of layers once more with other mtimes, as a folder to lay on top of it. Nothing else about them changes, and the layers
// stay as they are. Does not know why.
#pragma once

#include "plans/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct RefreshedFile {
    std::string path;           // relative, clean; empty: the root
    std::int64_t mtime_ns = 0;  // since 1970
};

// `folder` is made, in overlay form. Files, directories and symlinks: other nodes stay as they are. Names of one file that are refreshed
// to the same time are one file again.
Status make_refreshed_folder(const std::string& folder, const std::vector<std::string>& lower_dirs,
                             const std::vector<RefreshedFile>& files);

}  // namespace mabplan::runtime
