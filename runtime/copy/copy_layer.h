// A COPY as a layer: selected files put at a destination of a root file system. Reads no file content itself.
#pragma once

#include "plans/model/action.h"
#include "plans/tree/selection.h"
#include "runtime/copy/added_archive.h"
#include "runtime/copy/content_place.h"
#include "runtime/copy/layer_draft.h"
#include "runtime/layers/baked_in.h"

#include <map>
#include <vector>

namespace mabplan::runtime {

struct PartToPlace {
    Selection selection;
    std::map<std::size_t, AddedArchive> archives;  // by the index of the source: these are unpacked
};

enum class TimesInCopies {
    AsPartsSay,  // what a part says that is set has the time of the draft
    Kept,
};

// What was chosen is used up while it is placed: a copy of many files is not held twice. The facts alone need no selection of contents
// but its names and types; both are gathered in one go. Errors of kind Step: a file where a directory is needed, or the other way round.
// What LayerEntry::content counts are the places that come back.
Result<std::vector<ContentPlace>> place_copy(const CopyAction& copy, std::vector<PartToPlace> parts, const UserFiles& users,
                                             TimesInCopies times, LayerDraft& draft);

// Folders that a numeric --chmod left without a way in for anybody but root: "0644" is for them, too.
std::vector<BakedIn> closed_folders(const CopyAction& copy, const LayerEntries& entries);

}  // namespace mabplan::runtime
