#include "plans/tree/tree_reader.h"

namespace mabplan {

char file_type_letter(FileType type) {
    switch (type) {
        case FileType::File: return 'f';
        case FileType::Directory: return 'd';
        case FileType::Symlink: return 'l';
        case FileType::CharDevice: return 'c';
        case FileType::BlockDevice: return 'b';
        case FileType::Fifo: return 'p';
        case FileType::Socket: return 's';
    }
    return '?';
}

}  // namespace mabplan
