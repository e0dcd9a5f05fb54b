// A tree of files seen through three questions. Build contexts, root file systems of stages and test trees all answer them; who
// asks needs no system call. Paths are relative to the root of the tree, clean, without a leading slash; "." is the root.
#pragma once

#include "plans/base/digest.h"
#include "plans/base/result.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan {

enum class FileType { File, Directory, Symlink, CharDevice, BlockDevice, Fifo, Socket };

struct TreeEntry {
    std::string name;  // one path component
    FileType type = FileType::File;
    std::uint32_t mode = 0;  // permission bits, 07777
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::uint64_t size = 0;       // bytes, files only
    std::string link_target;      // symlinks only
    std::uint64_t device = 0;     // major << 32 | minor, devices only
    std::uint64_t hardlink = 0;   // not 0: equal for the names of one file within one tree
    std::int64_t mtime_s = 0;
    std::uint32_t mtime_ns = 0;
    std::map<std::string, std::string> xattrs;  // only those that belong into a layer

    bool operator==(const TreeEntry&) const = default;
};

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
    virtual Result<std::vector<TreeEntry>> list(std::string_view directory) = 0;
    // The SHA-256 of the contents of each file, in the order asked. May work on several at once.
    virtual Result<std::vector<Digest>> digests(const std::vector<TreePath>& files) = 0;
    // These directories will be listed soon, in this order: who can, begins to. Not a question; most readers need not hear it.
    virtual void expect(const std::vector<std::string>&) {}
};

char file_type_letter(FileType type);  // f d l c b p s

}  // namespace mabplan
