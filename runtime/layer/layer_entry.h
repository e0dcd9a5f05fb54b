// One line of a layer: a path and what stands there, or a mark that removes what lower layers have. Does not know tar.
#pragma once

#include "plans/tree/packed_list.h"
#include "plans/tree/tree_reader.h"

#include <time.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace mabplan::runtime {

enum class LayerMark {
    None,      // `path` is as `entry` says
    Whiteout,  // what lower layers have at `path` is gone (image-spec, layer.md, "Whiteouts")
    Opaque,    // what lower layers have below the directory `path` is gone ("Opaque Whiteout")
};

struct LayerEntry {
    std::string path;      // relative to the root, clean, no leading slash; "." is the root
    TreeEntry entry;       // `name` and `hardlink` are not used; of a mark only mtime_s is
    std::string hardlink;  // not empty: another name of the file at this path, which stands earlier in the layer
    LayerMark mark = LayerMark::None;
    std::uint32_t content = 0;  // of a file with content: where it lies, as the ContentOpener of the layer counts
};

void pack_entry(PackWriter& out, const LayerEntry& entry);
void unpack_entry(PackReader& in, LayerEntry& entry);
// For whole layers.
using LayerEntries = PackedList<LayerEntry>;

struct LayerOptions {
    std::optional<std::int64_t> time = {};  // seconds: nothing in the layer is later; nullopt keeps mtimes (whole seconds always)
    // What was written at or after this moment gets `time` also if that is later: the clock says nothing of the order of layers.
    std::optional<struct timespec> written_since = {};
    // Told of each file that has content: its path and its first bytes, as many as came in one piece.
    std::function<void(std::string_view path, std::string_view bytes)> on_content = {};
};

// The mtime that an entry gets in a layer, in seconds.
std::int64_t layer_mtime(const TreeEntry& entry, const LayerOptions& options);
std::int64_t layer_mtime(const struct timespec& mtime, const LayerOptions& options);
// The same of a time of which only the whole seconds are known.
std::int64_t layer_mtime_of_second(std::int64_t second, const LayerOptions& options);

// What decides on an entry's place in a layer.
struct LayerPosition {
    std::string_view path;
    LayerMark mark = LayerMark::None;
};
LayerPosition position_of(const LayerEntries& entries, std::size_t index);

// The order of a layer: a directory, then all below it; in one directory the opaque mark, then whiteouts, then the rest, each bytewise
// by name.
bool precedes_in_layer(const LayerPosition& a, const LayerPosition& b);

}  // namespace mabplan::runtime
