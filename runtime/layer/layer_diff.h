// What a step did: an overlay upper directory as a layer. Does not mount and does not know the lower layers but through one question.
//
// Overlay form (Linux, Documentation/filesystems/overlayfs.rst): a whiteout is a character device 0:0, an opaque directory has
// user.overlay.opaque=y (or trusted.overlay.opaque=y). A directory with user.overlay.mabplan.implicit=y is there only to hold
// others: the layer does not describe it (also the root of most layers), and its metadata are those of the layers below.
#pragma once

#include "runtime/layer/layer_entry.h"
#include "runtime/sys/byte_stream.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

class LowerView {
public:
    virtual ~LowerView() = default;
    // What the lower layers show at a path, symlinks not followed; nothing if there is none.
    virtual Result<std::optional<TreeEntry>> stat(std::string_view path) = 0;
};

struct LayerSummary {
    std::uint64_t entries = 0;       // 0: the step changed nothing
    std::vector<std::string> notes;  // what could not be kept, one sentence each
};

// Writes the layer of an upper directory and settles the directory itself to what the layer says, so that it can serve as the
// snapshot: mtimes become those of the tar, what the layer does not hold is removed (sockets; whiteouts and opaque marks over
// nothing; directories without children whose mode, owner and xattrs, and mtime if times are kept, are those of the lower one, but for
// one that was given another time from before `written_since`).
// The root is written only if it differs from a root-owned 0755 directory or from the lower root.
// An input error for a file whose name starts with ".wh.": others would read it as a whiteout.
Result<LayerSummary> write_layer_diff(const std::string& upper, LowerView& lower, const LayerOptions& options, ByteSink& out);

// The tar of a snapshot once more: for layers made by us the very same bytes. Changes nothing.
Result<LayerSummary> write_snapshot_tar(const std::string& directory, ByteSink& out);

}  // namespace mabplan::runtime
