// A tree of files seen through three questions. Build contexts, root file systems of stages and test trees all answer them; who
// asks needs no system call. Paths are relative to the root of the tree, clean, without a leading slash; "." is the root.
#pragma once

#include "plans/base/digest.h"
#include "plans/base/result.h"
#include "plans/tree/folder_entries.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan {

struct TreePath {
    std::string path;
    TreeEntry entry;
};

class TreeReader {
public:
    virtual ~TreeReader() = default;

    // The entry itself, symlinks not followed; nothing if there is none (also below something that is no directory).
    virtual Result<std::optional<TreeEntry>> stat(std::string_view path) = 0;
    // The entries of a directory, sorted bytewise by name. An error if it is no directory.
    virtual Result<FolderEntries> list(std::string_view directory) = 0;
    // The SHA-256 of the contents of each file, in the order asked. May work on several at once.
    virtual Result<std::vector<Digest>> digests(const std::vector<TreePath>& files) = 0;
    // These directories will be listed soon, in this order: who can, begins to. Not a question; most readers need not hear it.
    virtual void expect(const std::vector<std::string>&) {}
};

}  // namespace mabplan
