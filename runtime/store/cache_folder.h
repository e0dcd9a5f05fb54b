// Folders that outlive the commands that fill them: cache mounts. Who may use one at the same time is settled by locks on files, so it
// holds between processes too. Does not know what a folder is for.
//
//   cache-mounts/HEX/about     what it is for, one line for people
//   cache-mounts/HEX/N/fs      one instance of it; more than one where users must not meet
//   cache-mounts/HEX/N/lock    shared or exclusive while it is used; its mtime is the last use
#pragma once

#include "plans/base/digest.h"
#include "runtime/sys/fd.h"

#include <functional>
#include <string>

namespace mabplan::runtime {

enum class FolderSharing {
    Shared,   // with everyone who shares it
    Private,  // an instance that nobody else uses now; another one if need be
    Locked,   // the first instance, alone: waits until it is free
};

struct CacheFolderRequest {
    Digest key;
    std::string about;
    FolderSharing sharing = FolderSharing::Shared;
    std::function<Status(const std::string& folder)> fill;  // makes the folder, which is then published whole
    int stop_fd = -1;                                       // when it becomes readable, waiting ends with an Interrupted error
};

// The folder may be used as long as this lives.
class CacheFolder {
public:
    static Result<CacheFolder> take(const std::string& store_root, const CacheFolderRequest& request);
    const std::string& path() const { return path_; }

private:
    CacheFolder(std::string path, Fd lock) : path_(std::move(path)), lock_(std::move(lock)) {}
    std::string path_;
    Fd lock_;
};

}  // namespace mabplan::runtime
