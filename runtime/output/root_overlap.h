// Several root file systems in one folder: what an earlier one has already, and whether the later one agrees. Writes nothing.
#pragma once

#include "runtime/output/exported_root.h"

#include <cstddef>
#include <string>
#include <vector>

namespace mabplan::runtime {

// True if a root before roots[index], with the same prefix, has something at the path: that is what stays.
Result<bool> is_there_already(const std::vector<ExportedRoot>& roots, std::size_t index, const std::string& path);

// An Input error that names path and platforms if two roots with the same prefix differ in what is no directory. Times may differ,
// and of a directory everything: there the first root counts.
Status check_overlap(const std::vector<ExportedRoot>& roots);

}  // namespace mabplan::runtime
