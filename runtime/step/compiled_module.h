// Python's compiled modules (PEP 3147, PEP 552): __pycache__/NAME.TAG.pyc beside NAME.py. One that was made at import records the whole
// seconds of its source's mtime and the source's size; Python compiles anew where they differ. Knows this header of 16 bytes and no more.
#pragma once

#include "runtime/layer/layer_diff.h"
#include "runtime/layer/layer_entry.h"

#include <string>

namespace mabplan::runtime {

// Gives a compiled module the time that its source has in the image, so that it stays valid and depends on no clock. `folder` is
// its open __pycache__ in a step's upper directory, `path` the module's in the image. One that is stale, because its source changed after
// it was made, is gone or is a symlink, records the time 0 then: it stays stale, whatever time the source gets. Does nothing for one that
// records a hash, or a time that the layer keeps. The source may be one of the layers below, which the command has seen with a newer time
// (freshness). The module's own times stay.
Status settle_source_time(int folder, const std::string& name, const std::string& path, LowerView& lower, const LayerOptions& options);

}  // namespace mabplan::runtime
