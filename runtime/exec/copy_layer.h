// A COPY as a layer: selected files put at a destination of a root file system. Reads no file content itself.
#pragma once

#include "plans/model/action.h"
#include "plans/tree/selection.h"
#include "runtime/exec/destination.h"

#include <string>
#include <vector>

namespace mabplan::runtime {

// Where an entry of the layer comes from: a path in the source tree; empty for directories made on the way.
struct CopiedEntries {
    std::vector<std::string> sources;  // parallel to LayerDraft::entries()
};

// The facts alone need no selection of contents but its names and types; both are gathered in one go. Errors of kind Step: a file
// where a directory is needed, or the other way round.
Result<CopiedEntries> place_copy(const CopyAction& copy, const Selection& selection, const UserFiles& users, LayerDraft& draft);

}  // namespace mabplan::runtime
