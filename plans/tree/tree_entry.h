// One entry of a tree of files, without its content.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace mabplan {

enum class FileType { File, Directory, Symlink, CharDevice, BlockDevice, Fifo, Socket };

struct TreeEntry {
    std::string name;  // one path component
    FileType type = FileType::File;
    std::uint32_t mode = 0;  // permission bits, 07777
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::uint64_t size = 0;      // bytes, files only
    std::string link_target;     // symlinks only
    std::uint64_t device = 0;    // major << 32 | minor, devices only
    std::uint64_t hardlink = 0;  // not 0: equal for the names of one file within one tree
    std::int64_t mtime_s = 0;
    std::uint32_t mtime_ns = 0;
    std::map<std::string, std::string> xattrs;  // only those that belong into a layer

    bool operator==(const TreeEntry&) const = default;
};

char file_type_letter(FileType type);  // f d l c b p s

}  // namespace mabplan
