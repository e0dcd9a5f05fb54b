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
    std::uint64_t bytes = 0;         // of file contents
    std::vector<std::string> notes;  // what could not be kept (device nodes), one sentence each
    LayerEntries devices;            // the same, for who keeps them otherwise
};

// `directory` exists and is empty. Refused, each as an input error that names the entry: absolute names, "..", parents that
// are no directories (symlinks too), hard links to what is not in this layer, whiteouts of nothing, "." or "..", a root that is no
// directory, names inside a whiteout, a second entry of a name unless both are directories: then the last one describes it. Xattrs:
// only those of is_layer_xattr. On failure the directory is left as it is: the caller removes it.
Result<UnpackSummary> unpack_layer(ByteSource& tar, const std::string& directory, const UnpackOptions& options = {});

}  // namespace mabplan::runtime
