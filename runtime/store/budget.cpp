#include "runtime/store/budget.h"

#include "runtime/sys/system_error.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kShare = 5;  // one part in so many
constexpr std::uint64_t kMostBudget = 50'000'000'000;

}  // namespace

Result<StoreBudget> usual_budget(const std::string& store_root) {
    struct statvfs facts {};
    if (::statvfs(store_root.c_str(), &facts) != 0) return system_error(errno, "look at the file system of", store_root);
    StoreBudget budget;
    budget.bytes = std::min(std::uint64_t{facts.f_blocks} * facts.f_frsize / kShare, kMostBudget);
    if (facts.f_files > 0) budget.inodes = facts.f_files / kShare;  // some file systems make them as they go
    return budget;
}

Result<BudgetReport> keep_budget(Store& store, const StoreBudget& budget, std::int64_t began, const Stop* stop) {
    PruneLimits limits;
    limits.max_bytes = budget.bytes;
    limits.max_inodes = budget.inodes;
    limits.kept_since = began;
    limits.sizes = Sizes::Remembered;
    MABPLAN_TRY(pruned, prune_store(store, limits, stop));
    BudgetReport report;
    report.removed = std::move(pruned.removed);
    report.freed = pruned.bytes;
    report.bytes = pruned.bytes_left;
    report.inodes = pruned.inodes_left;
    report.is_over = !pruned.interrupted && (report.bytes > budget.bytes || report.inodes > budget.inodes);
    return report;
}

}  // namespace mabplan::runtime
