#include "runtime/store/prune.h"

#include "plans/base/format.h"
#include "runtime/store/named_blobs.h"
#include "runtime/sys/file.h"
#include "runtime/sys/file_clock.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <set>

namespace mabplan::runtime {

namespace {

bool is_interrupted(const Stop* stop) { return stop != nullptr && stop->is_interrupted(); }

// What there is when some of it has gone.
struct Left {
    std::uint64_t bytes = 0;  // of the store
    std::uint64_t inodes = 0;
    std::uint64_t free = 0;  // bytes of the file system
    void take(const StoredItem& item) {
        bytes -= std::min(bytes, item.bytes);
        inodes -= std::min(inodes, item.inodes);
        free += item.bytes;
    }
};

bool goes(const StoredItem& item, const Left& left, const PruneLimits& limits) {
    if (limits.unused_since && item.used >= *limits.unused_since) return false;
    if (limits.kept_since && item.used >= *limits.kept_since) return false;
    if (limits.kinds && !limits.kinds->contains(item.kind)) return false;
    if (!limits.max_bytes && !limits.min_free && !limits.max_inodes) return true;
    return (limits.max_bytes && left.bytes > *limits.max_bytes) || (limits.max_inodes && left.inodes > *limits.max_inodes) ||
           (limits.min_free && left.free < *limits.min_free);
}

std::uint64_t free_bytes(const std::string& folder) {
    struct statvfs facts {};
    return ::statvfs(folder.c_str(), &facts) == 0 ? std::uint64_t{facts.f_bavail} * facts.f_frsize : 0;
}

// An image with a name, and what it is made of.
struct NamedBlobs {
    std::string name;
    std::set<Digest> blobs;
};

class Pruning {
public:
    Pruning(Store& store, const PruneLimits& limits, const Stop* stop) : store_(store), limits_(limits), stop_(stop) {}
    Result<PruneReport> run();

private:
    std::vector<const StoredItem*> find_going(const StoreUsage& usage, const std::set<Digest>& kept) const;
    Status take_names(std::set<Digest>& kept);
    Status forget(const StoredItem& item);
    Result<Store::Removal> remove(const StoredItem& item);

    Store& store_;
    const PruneLimits& limits_;
    const Stop* stop_;
    std::int64_t listed_ = 0;        // when it looked; nanoseconds since 1970
    std::vector<NamedBlobs> named_;  // that go with the first of their blobs
};

// The records go first: what they promise must be there while they stand. A layer that is there in another form still has its results.
Status Pruning::forget(const StoredItem& item) {
    for (const NamedBlobs& image : named_) {
        if (item.kind != ItemKind::Blob || !image.blobs.contains(item.digest)) continue;
        MABPLAN_TRY(was_there, store_.records().forget_image(image.name));
        static_cast<void>(was_there);
    }
    const std::string other =
        item.kind == ItemKind::Blob ? format("{}/{}", store_.snapshots(), item.digest.hex()) : store_.blobs().path(item.digest);
    return path_exists(other) ? store_.records().forget_packed(item.digest) : store_.records().forget_layer(item.digest);
}

Result<Store::Removal> Pruning::remove(const StoredItem& item) {
    if (limits_.dry_run) return Store::Removal::Done;
    if (item.kind == ItemKind::CacheMount) return store_.remove_cache(item.path);
    return store_.remove_item(item.path, listed_, [&] { return forget(item); });
}

// In the order in which they go.
std::vector<const StoredItem*> Pruning::find_going(const StoreUsage& usage, const std::set<Digest>& kept) const {
    std::vector<const StoredItem*> going;
    Left left{usage.total(), usage.inodes, free_bytes(store_.root())};
    for (const StoredItem& item : usage.items) {
        if (item.kind == ItemKind::Blob && kept.contains(item.digest)) continue;
        if (!goes(item, left, limits_)) continue;
        going.push_back(&item);
        left.take(item);
    }
    return going;
}

// Those that stay keep their blobs; of those that may go a name goes before the first of its blobs.
Status Pruning::take_names(std::set<Digest>& kept) {
    MABPLAN_TRY(images, store_.records().images());
    for (const NamedImage& image : images) {
        NamedBlobs named{image.name, {}};
        reach_named_blobs(store_, image, named.blobs);
        if (!limits_.named_too) kept.insert(named.blobs.begin(), named.blobs.end());
        else if (limits_.is_bounded()) named_.push_back(std::move(named));
        else if (!limits_.dry_run) MABPLAN_CHECK(store_.records().forget_image(image.name));
    }
    return {};
}

Result<PruneReport> Pruning::run() {
    listed_ = nanoseconds_of(file_time_now());
    PruneReport report;
    MABPLAN_TRY(usage, measure_store(store_, limits_.sizes, stop_));
    report.interrupted = is_interrupted(stop_);
    if (report.interrupted) return report;
    Left left{usage.total(), usage.inodes, 0};
    std::set<Digest> kept;
    MABPLAN_CHECK(take_names(kept));
    for (const StoredItem* item : find_going(usage, kept)) {
        report.interrupted = is_interrupted(stop_);
        if (report.interrupted) break;
        MABPLAN_TRY(removal, remove(*item));
        if (removal == Store::Removal::InUse) ++report.in_use;
        if (removal != Store::Removal::Done) continue;
        report.bytes += item->bytes;
        ++report.items;
        left.take(*item);
        report.removed.push_back(*item);
    }
    report.bytes_left = left.bytes;
    report.inodes_left = left.inodes;
    return report;
}

}  // namespace

Result<PruneReport> prune_store(Store& store, const PruneLimits& limits, const Stop* stop) { return Pruning(store, limits, stop).run(); }

}  // namespace mabplan::runtime
