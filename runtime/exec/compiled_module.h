// Python's compiled modules (PEP 3147, PEP 552): __pycache__/NAME.TAG.pyc beside NAME.py. One that was made at import records the whole
// seconds of its source's mtime and the source's size; Python compiles anew where they differ. Knows this header of 16 bytes and no more.
#pragma once

#include "runtime/layer/layer_entry.h"

#include <string>

namespace mabplan::runtime {

// Gives a compiled module the time that the layer will give to its source, so that it stays valid and depends on no clock. `folder` is
// its open __pycache__ in a step's upper directory. One that is stale, because its source changed after it was made, is gone or is a
// symlink, records the time 0 then: it stays stale, whatever time the source gets. Does nothing for one that records a hash, or a time
// that the layer keeps: its source is of a layer below, or came with its time. Its own times stay.
Status settle_source_time(int folder, const std::string& name, const std::string& shown, const LayerOptions& options);

}  // namespace mabplan::runtime
