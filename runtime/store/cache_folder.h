// Folders that outlive the commands that fill them: cache mounts. Who may use one at the same time is settled by locks on files, so it
// holds between processes too. Does not know what a folder is for.
//
//   cache-mounts/HEX/about     what it is for, one line for people
//   cache-mounts/HEX/N/fs      one instance of it; more than one where users must not meet
//   cache-mounts/HEX/N/lock    shared or exclusive while it is used; its mtime is the last use
//   cache-mounts/HEX/N/seen    what its users have seen of their root file systems (runtime/freshness/seen_files.h)
//   cache-mounts/HEX/N/replaced-…   what fs was before a build without cache; removed once nobody uses it: users lock the folder
//   too
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
    // Asked with the path of the instance: true if what it holds is to be put aside first. Those who use it go on with what they have.
    std::function<bool(const std::string& instance)> starts_empty = {};
    std::function<void()> waiting = {};  // told once, when it has to wait for another user for longer than a moment
    int stop_fd = -1;                    // when it becomes readable, waiting ends with an Interrupted error
};

// The folder may be used as long as this lives.
class CacheFolder {
public:
    static Result<CacheFolder> take(const std::string& store_root, const CacheFolderRequest& request);
    const std::string& path() const { return path_; }
    // How long others had to be waited for.
    double waited_seconds() const { return waited_seconds_; }

private:
    CacheFolder(std::string path, Fd lock, Fd use, double waited_seconds)
        : path_(std::move(path)), lock_(std::move(lock)), use_(std::move(use)), waited_seconds_(waited_seconds) {}
    std::string path_;
    Fd lock_;
    Fd use_;  // of the folder itself
    double waited_seconds_ = 0;
};

}  // namespace mabplan::runtime
