// The store on disk: one folder with blobs, snapshots, records and temporary files, shared by any number of processes.
//
//   blobs/sha256/HEX    blobs; a layer's uncompressed tar is the blob of its diff_id
//   snapshots/HEX/fs    unpacked layers in overlay form, HEX of the diff_id
//   cache-mounts/       what commands keep for the next time (cache_folder.h)
//   running/            locks of what is being executed (turns_of_actions.h)
//   tmp/run-XXXX/       what one process works on (scratch.h); everything unfinished is in one
//   tmp/removed-XXXX/   what was taken out of sight and may still be in use: deleted by who has the store alone
//   records.sqlite      results, explanations, packed forms, last uses (records.h); more files of this name: records_file.h
//   stat-cache          digests of context files by their stat
//   uses-lock           shared by who finds something, which is dated by that; exclusive by who takes something away (last_use.h)
//   lock                shared by who uses the store, exclusive by who sweeps what stands in tmp/ without a lock
#pragma once

#include "plans/base/result.h"
#include "runtime/store/blob_store.h"
#include "runtime/store/records.h"
#include "runtime/store/scratch.h"
#include "runtime/sys/fd.h"
#include "runtime/sys/wall_clock.h"

#include <functional>
#include <memory>
#include <string>

namespace mabplan::runtime {

class Store {
public:
    ~Store();
    // Makes the folder (mode 0700) and what is missing in it. A store that cannot be written is an Environment error that says so.
    // `clock`: what uses and results are dated by.
    static Result<std::unique_ptr<Store>> open(const std::string& root, WallClock& clock = host_clock());

    const std::string& root() const { return root_; }
    const BlobStore& blobs() const { return blobs_; }
    Records& records() { return *records_; }
    WallClock& clock() const { return clock_; }
    std::string snapshots() const { return root_ + "/snapshots"; }
    std::string stat_cache() const { return root_ + "/stat-cache"; }
    // When it was opened, in seconds since 1970: nothing that was used since is dated earlier.
    std::int64_t opened() const { return opened_; }
    // A folder of this process's own on the store's file system, gone at the end.
    const std::string& scratch() const { return scratch_.path(); }

    // Removes what processes that are gone left in tmp/, also beside others that work there now. Best within the user namespace that
    // owns the files; what cannot be removed stays, and is the error.
    Status sweep() const;
    enum class Removal {
        Done,
        Gone,   // somebody else has removed it
        InUse,  // it was found since `listed`, or since another process began that lives; a cache mount: somebody has locked it
    };
    // Takes an item out of sight in one step, then deletes it. `listed`: nanoseconds since 1970, by the clock of the file system. `first`:
    // what is to be done before, while nobody finds it.
    Result<Removal> remove_item(const std::string& path, std::int64_t listed, const std::function<Status()>& first) const;
    Result<Removal> remove_cache(const std::string& instance) const;
    // The scratch folder may hold files of other owners: who works in a user namespace removes it there.
    Status remove_scratch();

private:
    Store(std::string root, Fd lock, Scratch scratch, std::unique_ptr<Records> records, WallClock& clock);
    Status sweep_unlocked() const;
    void sweep_turns() const;

    std::string root_;
    Fd lock_;
    Scratch scratch_;
    BlobStore blobs_;
    std::unique_ptr<Records> records_;
    WallClock& clock_;
    std::int64_t opened_ = 0;
};

}  // namespace mabplan::runtime
