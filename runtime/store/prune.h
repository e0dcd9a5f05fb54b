// Removing what was not used for longest. Does not know what anything means for a build: whatever is
// removed is made or fetched again.
#pragma once

#include "runtime/store/store.h"
#include "runtime/store/store_usage.h"
#include "runtime/sys/stop.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct PruneLimits {
    std::optional<std::uint64_t> max_bytes{};    // remove until the store is at most this large
    std::optional<std::int64_t> unused_since{};  // only what was last used before this time
    std::optional<std::uint64_t> min_free{};     // remove until the file system has so many bytes free
    std::optional<std::uint64_t> max_inodes{};   // remove until the items have at most so many files and folders
    std::optional<std::int64_t> kept_since{};    // what was used at this time or later stays
    std::optional<std::set<ItemKind>> kinds{};   // only these
    Sizes sizes = Sizes::Measured;
    bool named_too = false;  // also what images with a name are made of, and all names
    bool dry_run = false;    // tell what would go, whether it is in use or not
    bool is_bounded() const { return max_bytes || unused_since || min_free || max_inodes || kept_since || kinds; }
};

struct PruneReport {
    std::uint64_t items = 0;
    std::uint64_t bytes = 0;   // really freed
    std::uint64_t in_use = 0;  // items that would have gone, and that another mabplan which lives has found or made
    bool interrupted = false;  // more would have gone
    std::vector<StoredItem> removed{};
    std::uint64_t bytes_left = 0;  // of the store
    std::uint64_t inodes_left = 0;
};

// Without a limit everything goes but images with a name. Others may build meanwhile. Each item goes in one step: whatever ends
// this, the others are whole. `stop`, if there is one, is asked between items.
Result<PruneReport> prune_store(Store& store, const PruneLimits& limits, const Stop* stop = nullptr);

}  // namespace mabplan::runtime
