#include "runtime/sys/folder_reader.h"

#include <fcntl.h>

#include <cerrno>
#include <string_view>

namespace mabplan::runtime {

Fd reopen_folder(int folder) { return Fd(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)); }

FolderReader::FolderReader(Fd folder) {
    if (folder.valid()) stream_.reset(::fdopendir(folder.get()));
    if (stream_) folder.release();
    else error_ = errno;
}

const dirent* FolderReader::next() {
    while (stream_ && error_ == 0) {
        errno = 0;
        const dirent* found = ::readdir(stream_.get());
        if (found == nullptr) {
            error_ = errno;
            return nullptr;
        }
        const std::string_view name = found->d_name;
        if (name != "." && name != "..") return found;
    }
    return nullptr;
}

int FolderReader::fd() const { return stream_ ? ::dirfd(stream_.get()) : -1; }

}  // namespace mabplan::runtime
