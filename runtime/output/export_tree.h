// Root file systems out of the store: in a folder of the user's, or as one tar. Does not know images.
#pragma once

#include "plans/base/digest.h"
#include "runtime/layer/layer_entry.h"
#include "runtime/snapshot/merged_view.h"
#include "runtime/sys/byte_stream.h"

#include <string>
#include <vector>

namespace mabplan::runtime {

struct ExportedRoot {
    std::string platform;  // "linux/amd64": for messages
    std::string prefix;    // the folder of its platform ("linux_amd64"); empty: none
    MergedView* view = nullptr;
};

// Roots without a prefix come together in one folder, and what two of them have must be the same (root_overlap.h): else nothing is
// written.

// One tar over all roots: owners, modes and times as in the image.
Status write_root_tar(const std::vector<ExportedRoot>& roots, const LayerOptions& options, ByteSink& out);

// Into a folder: everything belongs to the caller; existing files are replaced, others are left. Devices are left out, each with a note.
// `notes` gets what could not be kept.
Status write_root_folder(const std::vector<ExportedRoot>& roots, const std::string& folder, std::vector<std::string>& notes);

}  // namespace mabplan::runtime
