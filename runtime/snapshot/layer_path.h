// What a name in a layer tar means: a path, a whiteout, an opaque mark (image-spec, layer.md), or something that is refused.
#pragma once

#include "plans/base/result.h"
#include "runtime/layer/layer_entry.h"

#include <string>
#include <string_view>

namespace mabplan::runtime {

struct LayerName {
    std::string path;  // clean, relative, "." is the root; of a whiteout what it removes, of an opaque mark its directory
    LayerMark mark = LayerMark::None;
    bool skipped = false;  // bookkeeping of aufs (".wh..wh.plnk" and the like): no part of the tree
};

// Absolute names and those with ".." are taken as containerd takes them: cleaned as a text, and never above the root. An input error
// without context for whiteouts of nothing, "." or "..", names within a whiteout, too many parts, parts that are longer than file
// systems take.
Result<LayerName> parse_layer_name(std::string_view name);
// Of one part of a path: whether it is one that a layer cannot have but as a mark.
bool is_whiteout_name(std::string_view part);
// The target of a hard link: a path only.
Result<std::string> parse_link_target(std::string_view name);

}  // namespace mabplan::runtime
