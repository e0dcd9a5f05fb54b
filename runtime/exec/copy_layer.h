// A COPY as a layer: selected files put at a destination of a root file system. Reads no file content itself.
#pragma once

#include "plans/model/action.h"
#include "plans/tree/selection.h"
#include "runtime/exec/added_archive.h"
#include "runtime/exec/content_place.h"
#include "runtime/exec/destination.h"

#include <map>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct PartToPlace {
    Selection selection;
    std::map<std::size_t, AddedArchive> archives;  // by the index of the source: these are unpacked
};

struct CopiedEntries {
    std::vector<ContentPlace> places;  // parallel to LayerDraft::entries()
};

// What was chosen is used up: a copy of many files is not held twice for longer than need be. The facts alone need no selection of contents but its names and types; both are gathered in one go. Errors of kind Step: a file
// where a directory is needed, or the other way round.
Result<CopiedEntries> place_copy(const CopyAction& copy, std::vector<PartToPlace> parts, const UserFiles& users, LayerDraft& draft);

}  // namespace mabplan::runtime
