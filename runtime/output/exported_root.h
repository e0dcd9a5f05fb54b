// A root file system on its way out of the store. Roots without a prefix come together in one folder, and what two of them have must be the
// same (root_overlap.h): else nothing is written. Does not know images.
#pragma once

#include "runtime/snapshot/merged_view.h"

#include <string>

namespace mabplan::runtime {

struct ExportedRoot {
    std::string platform;  // "linux/amd64": for messages
    std::string prefix;    // the folder of its platform ("linux_amd64"); empty: none
    MergedView* view = nullptr;
};

}  // namespace mabplan::runtime
