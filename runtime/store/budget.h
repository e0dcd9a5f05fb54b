// How large the store may be, and keeping it so: what was not used for longest goes, never what this run, or another one that goes on, has
// used, nor images with a name. Does not know when a run ends.
#pragma once

#include "runtime/store/prune.h"

#include <cstdint>
#include <limits>
#include <vector>

namespace mabplan::runtime {

struct StoreBudget {
    std::uint64_t bytes = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t inodes = std::numeric_limits<std::uint64_t>::max();  // where the file system has a number of them
    bool operator==(const StoreBudget&) const = default;
};

// A fifth of the file system that the store is on, and at most 50 GB.
Result<StoreBudget> usual_budget(const std::string& store_root);

struct BudgetReport {
    std::vector<StoredItem> removed;
    std::uint64_t freed = 0;  // bytes
    std::uint64_t bytes = 0;  // that the store has now
    std::uint64_t inodes = 0;
    bool is_over = false;  // all the same: all that is left is in use, was used since, or belongs to images with a name
};

// What was used at `began` or later (seconds since 1970) stays.
Result<BudgetReport> keep_budget(Store& store, const StoreBudget& budget, std::int64_t began, const Stop* stop = nullptr);

}  // namespace mabplan::runtime
