// A layer tar into a directory in overlay form (see layer_diff.h). All it makes lies beneath that directory, whatever the tar says.
// Hashes nothing and publishes nothing: that is the caller's.
#pragma once

#include "runtime/layer/layer_entry.h"
#include "runtime/layer/tar_reader.h"
#include "runtime/sys/byte_stream.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mabplan::runtime {

enum class OwnerPolicy {
    Keep,    // uid and gid as in the tar: the process is uid 0 of its user namespace
    Ignore,  // everything belongs to the process
};

struct UnpackOptions {
    OwnerPolicy owners = OwnerPolicy::Keep;
    TarLimits limits;
    std::int64_t implicit_mtime = 0;  // seconds; of directories that the tar does not list but needs
};

struct UnpackSummary {
    std::uint64_t entries = 0;
    std::uint64_t bytes = 0;           // of file contents
    std::vector<std::string> notes;    // what could not be kept (device nodes), one sentence each
    LayerEntries devices;              // the same, for who keeps them otherwise
    std::vector<std::string> implied;  // directories but the root that the layer needs and does not describe: they are as those of the
                                       // layers below, see settled_folders.h
};

// `directory` exists and is empty. layer_walk.h says what is taken and how. Refused, each as an input error that names the entry: parents
// that are no directories, hard links to what is not in this layer, whiteouts of nothing, "." or "..", names inside a whiteout. Xattrs:
// only those of is_layer_xattr. On failure the directory is left as it is: the caller removes it.
Result<UnpackSummary> unpack_layer(ByteSource& tar, const std::string& directory, const UnpackOptions& options = {});

}  // namespace mabplan::runtime
