// A COPY as a layer: selected files put at a destination of a root file system. Reads no file content itself.
#pragma once

#include "plans/model/action.h"
#include "plans/tree/selection.h"
#include "runtime/exec/destination.h"

#include <string>
#include <vector>

namespace mabplan::runtime {

// Where an entry of the layer comes from: the part of the copy and a path in its tree; an empty path for directories made on the way.
struct CopiedFrom {
    std::size_t part = 0;
    std::string path;
};

struct CopiedEntries {
    std::vector<CopiedFrom> sources;  // parallel to LayerDraft::entries()
};

// The facts alone need no selection of contents but its names and types; both are gathered in one go. Errors of kind Step: a file
// where a directory is needed, or the other way round.
Result<CopiedEntries> place_copy(const CopyAction& copy, const std::vector<Selection>& parts, const UserFiles& users, LayerDraft& draft);

}  // namespace mabplan::runtime
