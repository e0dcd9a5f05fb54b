// What kind of file the kernel says that one is.
#pragma once

#include "plans/tree/tree_entry.h"

#include <sys/stat.h>

namespace mabplan::runtime {

// From st_mode (inode(7)).
inline FileType file_type_of(mode_t mode) {
    switch (mode & S_IFMT) {
        case S_IFDIR: return FileType::Directory;
        case S_IFLNK: return FileType::Symlink;
        case S_IFCHR: return FileType::CharDevice;
        case S_IFBLK: return FileType::BlockDevice;
        case S_IFIFO: return FileType::Fifo;
        case S_IFSOCK: return FileType::Socket;
        default: return FileType::File;
    }
}

}  // namespace mabplan::runtime
