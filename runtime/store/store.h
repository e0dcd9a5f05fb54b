// The store on disk: one folder with blobs, snapshots, records and temporary files, shared by any number of processes.
//
//   blobs/sha256/HEX    blobs; a layer's uncompressed tar is the blob of its diff_id
//   snapshots/HEX/fs    unpacked layers in overlay form, HEX of the diff_id
//   cache-mounts/       what commands keep for the next time (cache_folder.h)
//   tmp/RUN-XXXX/       what one process works on; locked while it lives, swept by others afterwards
//   records.sqlite      results, explanations, packed forms, last uses
//   stat-cache          digests of context files by their stat
//   lock                shared by who uses the store, exclusive by who removes from it
#pragma once

#include "plans/base/result.h"
#include "runtime/store/blob_store.h"
#include "runtime/store/records.h"
#include "runtime/sys/fd.h"

#include <memory>
#include <string>

namespace mabplan::runtime {

class Store {
public:
    ~Store();
    // Makes the folder (mode 0700) and what is missing in it. A store that cannot be written is an Environment error that says so.
    static Result<std::unique_ptr<Store>> open(const std::string& root);

    const std::string& root() const { return root_; }
    const BlobStore& blobs() const { return blobs_; }
    Records& records() { return *records_; }
    std::string snapshots() const { return root_ + "/snapshots"; }
    std::string stat_cache() const { return root_ + "/stat-cache"; }
    // A folder of this process's own on the store's file system, gone at the end.
    const std::string& scratch() const { return scratch_; }

    // Removal needs the store for itself: false if another process uses it.
    Result<bool> lock_for_removal();
    // Removes what processes that are gone left in tmp/. Called by open; again after entering a user namespace, which may own them.
    Status sweep() const;
    // The scratch folder may hold files of other owners: who works in a user namespace removes it there.
    Status remove_scratch();

private:
    Store(std::string root, BlobStore blobs, std::unique_ptr<Records> records);
    Status take_scratch();
    Status sweep_unlocked() const;

    std::string root_;
    BlobStore blobs_;
    std::unique_ptr<Records> records_;
    Fd lock_;
    Fd scratch_lock_;
    std::string scratch_;
};

}  // namespace mabplan::runtime
