// Root file systems in a folder of the user's.
#pragma once

#include "runtime/output/exported_root.h"

#include <string>
#include <vector>

namespace mabplan::runtime {

// Everything belongs to the caller; existing files are replaced, others are left. Devices are left out, each with a note.
// `notes` gets what could not be kept. A folder that was not there before is there whole, or not at all.
Status write_root_folder(const std::vector<ExportedRoot>& roots, const std::string& folder, std::vector<std::string>& notes);

}  // namespace mabplan::runtime
