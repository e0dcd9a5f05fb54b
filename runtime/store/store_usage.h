// What the store holds, item by item, and how much of the disk it takes. Does not know what anything means for a build.
#pragma once

#include "runtime/store/size_table.h"
#include "runtime/store/store.h"
#include "runtime/sys/stop.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mabplan::runtime {

enum class ItemKind { Blob, Snapshot, CacheMount };

struct StoredItem {
    ItemKind kind = ItemKind::Blob;
    Digest digest;            // of the blob; the diff_id of a snapshot; the key of a cache mount
    std::uint64_t bytes = 0;  // on disk
    std::int64_t used = 0;    // seconds since 1970
    std::string path;
    std::string about{};       // of a cache mount: platform and id
    std::uint64_t inodes = 1;  // files and folders
    bool in_use = false;       // of a cache mount: a command had it when it was looked at
};

struct StoreUsage {
    std::vector<StoredItem> items;  // least recently used first
    std::uint64_t blob_bytes = 0;
    std::uint64_t snapshot_bytes = 0;
    std::uint64_t cache_mount_bytes = 0;
    std::uint64_t record_bytes = 0;  // records and stat cache
    std::uint64_t other_bytes = 0;   // folders, locks, logs of runs, what is being worked on
    std::uint64_t inodes = 0;        // of the items
    // As du(1) counts.
    std::uint64_t total() const { return blob_bytes + snapshot_bytes + cache_mount_bytes + record_bytes + other_bytes; }
};

enum class Sizes {
    Measured,    // each file is looked at
    Remembered,  // of what is as it was when it was last measured, or made, what was found then
};

// Sizes are right only for who may look into all items: in the user namespace that they were made in. `stop`, if there is one, is asked
// between items: then not all are there.
Result<StoreUsage> measure_store(Store& store, Sizes sizes = Sizes::Measured, const Stop* stop = nullptr);
// The cache mounts alone.
Result<std::vector<StoredItem>> list_cache_mounts(Store& store, Sizes sizes = Sizes::Measured);

}  // namespace mabplan::runtime
