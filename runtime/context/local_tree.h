// A folder on disk as a tree of files: the local build context. No symlink is ever followed, on no component of a path, so what is
// outside the folder can't be reached. Owners are reported as 0:0, as docker's client does; of the extended attributes
// security.capability and user.* are kept. Does not know ignore files.
#pragma once

#include "plans/base/result.h"
#include "plans/tree/tree_reader.h"
#include "runtime/context/digest_cache.h"
#include "runtime/sys/fd.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace mabplan::runtime {

class KnownListings;

class LocalTree : public TreeReader {
public:
    // A regular file of the tree, opened for reading. An Input error if it is none or a component is a symlink.
    virtual Result<Fd> open_file(std::string_view path) = 0;
    // An Input error (Verify, where another tree listed it) if the file is no longer the one that was listed, or changed since `open_file`:
    // call it after the last byte.
    virtual Status check_unchanged(const Fd& file, std::string_view path) = 0;
};

struct TreeOptions {
    int jobs = 1;                     // threads that list ahead and digest
    KnownListings* known = nullptr;   // what other trees over the same folder saw; they are told what this one sees
    std::function<bool()> stop = {};  // true: whatever is asked is Interrupted
};

// `path` is a folder (itself it may be a symlink); an Input error if it is none. `cache` must live longer, what is known, too.
// A file counts as what it was when its folder was last listed. One thread at a time may use the tree.
Result<std::unique_ptr<LocalTree>> open_local_tree(const std::string& path, DigestCache& cache, TreeOptions options);

}  // namespace mabplan::runtime
