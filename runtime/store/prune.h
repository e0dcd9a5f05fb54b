// How much the store holds, and removing what was not used for longest. Does not know what anything means for a build: whatever is
// removed is made or fetched again.
#pragma once

#include "runtime/store/store.h"
#include "runtime/sys/stop.h"

#include <cstdint>
#include <optional>
#include <set>
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
    std::string about;  // of a cache mount: platform and id
};

struct StoreUsage {
    std::vector<StoredItem> items;  // least recently used first
    std::uint64_t blob_bytes = 0;
    std::uint64_t snapshot_bytes = 0;
    std::uint64_t cache_mount_bytes = 0;
    std::uint64_t record_bytes = 0;  // records and stat cache
    std::uint64_t total() const { return blob_bytes + snapshot_bytes + cache_mount_bytes + record_bytes; }
};

Result<StoreUsage> measure_store(Store& store);
// The cache mounts alone. Sizes are right only for who may look into them: in the user namespace that they were filled in.
Result<std::vector<StoredItem>> list_cache_mounts(Store& store);

struct PruneLimits {
    std::optional<std::uint64_t> max_bytes{};    // remove until the store is at most this large
    std::optional<std::int64_t> unused_since{};  // only what was last used before this time
    std::optional<std::uint64_t> min_free{};     // remove until the file system has so many bytes free
    std::optional<std::set<ItemKind>> kinds{};   // only these
    bool named_too = false;                      // also what images with a name are made of, and all names
    bool dry_run = false;                        // tell what would go, whether it is in use or not
    bool is_bounded() const { return max_bytes || unused_since || min_free || kinds; }
};

struct PruneReport {
    std::uint64_t items = 0;
    std::uint64_t bytes = 0;   // really freed
    std::uint64_t in_use = 0;  // items that would have gone, and that another mabplan which lives has found or made
    bool interrupted = false;  // more would have gone
};

// Without a limit everything goes but images with a name. Others may build meanwhile. Each item goes in one step: whatever ends
// this, the others are whole. `stop`, if there is one, is asked between items.
Result<PruneReport> prune_store(Store& store, const PruneLimits& limits, const Stop* stop = nullptr);

}  // namespace mabplan::runtime
