// Root file systems as one tar: owners, modes and times as in the image.
#pragma once

#include "runtime/layer/layer_entry.h"
#include "runtime/output/exported_root.h"
#include "runtime/sys/byte_stream.h"

#include <vector>

namespace mabplan::runtime {

Status write_root_tar(const std::vector<ExportedRoot>& roots, const LayerOptions& options, ByteSink& out);

}  // namespace mabplan::runtime
