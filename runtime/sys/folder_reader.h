// The entries of an open folder, one after the other, without "." and "..". Does not open folders by name and does not sort.
#pragma once

#include "runtime/sys/fd.h"

#include <dirent.h>

#include <memory>

namespace mabplan::runtime {

// Another handle of an open folder, with a reading position of its own. Not valid on failure, errno says why.
Fd reopen_folder(int folder);

class FolderReader {
public:
    // Takes the handle over; one that is not valid gives no entry and the errno that opening it left.
    explicit FolderReader(Fd folder);

    // Nothing at the end and where reading failed: `error` tells them apart. Valid until the next call.
    const dirent* next();
    int error() const { return error_; }  // errno of what failed; 0 as long as nothing did
    int fd() const;                       // -1 if there is none

private:
    struct Close {
        void operator()(DIR* stream) const { ::closedir(stream); }
    };
    std::unique_ptr<DIR, Close> stream_;
    int error_ = 0;
};

}  // namespace mabplan::runtime
