// A folder on disk as a tree of files: the local build context. No symlink is ever followed, on no component of a path, so what is
// outside the folder can't be reached. Owners are reported as 0:0, as docker's client does; of the extended attributes
// security.capability and user.* are kept. Does not know ignore files.
#pragma once

#include "plans/base/result.h"
#include "plans/tree/tree_reader.h"
#include "runtime/context/digest_cache.h"
#include "runtime/sys/fd.h"

#include <memory>
#include <string>
#include <string_view>

namespace mabplan::runtime {

class LocalTree : public TreeReader {
public:
    // A regular file of the tree, opened for reading. An Input error if it is none or a component is a symlink.
    virtual Result<Fd> open_file(std::string_view path) = 0;
    // An Input error if the file is no longer the one that was listed, or changed since `open_file`: call it after the last byte.
    virtual Status check_unchanged(const Fd& file, std::string_view path) = 0;
};

// `path` is a folder (itself it may be a symlink); an Input error if it is none. `cache` must live longer. `jobs` threads digest.
// A file counts as what it was when its folder was last listed. One thread at a time may use the tree.
Result<std::unique_ptr<LocalTree>> open_local_tree(const std::string& path, DigestCache& cache, int jobs);

}  // namespace mabplan::runtime
