#include "runtime/store/prune.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/store/named_blobs.h"
#include "runtime/sys/file.h"
#include "runtime/sys/file_clock.h"
#include "runtime/sys/system_error.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kBlockBytes = 512;  // the unit of st_blocks (stat(2))

// Disk use of all below a path, hard links counted once per name that is not shared.
std::uint64_t disk_bytes(const std::string& path) {
    struct stat facts {};
    if (::lstat(path.c_str(), &facts) != 0) return 0;
    std::uint64_t bytes = static_cast<std::uint64_t>(facts.st_blocks) * kBlockBytes;
    if (!S_ISDIR(facts.st_mode)) return facts.st_nlink > 1 ? bytes / facts.st_nlink : bytes;
    const auto names = list_names(path);
    if (!names) return bytes;
    for (const std::string& name : *names) bytes += disk_bytes(path + "/" + name);
    return bytes;
}

Result<Digest> digest_of_name(const std::string& name) { return Digest::parse("sha256:" + name); }

bool is_interrupted(const Stop* stop) { return stop != nullptr && stop->is_interrupted(); }

Status collect(const std::string& folder, ItemKind kind, const std::map<Digest, std::int64_t>& uses, const Stop* stop,
               std::vector<StoredItem>& items) {
    MABPLAN_TRY(names, list_names(folder));
    for (const std::string& name : names) {
        if (is_interrupted(stop)) break;
        const auto digest = digest_of_name(name);
        const std::string path = folder + "/" + name;
        struct stat facts {};
        if (!digest || ::lstat(path.c_str(), &facts) != 0) continue;
        const auto used = uses.find(*digest);
        const auto dated = static_cast<std::int64_t>(facts.st_mtime);
        items.push_back({kind, *digest, disk_bytes(path), used != uses.end() ? std::max(used->second, dated) : dated, path, {}});
    }
    return {};
}

// Each instance is an item of its own: the lock beside it tells when it was used last.
Status collect_instances(const std::string& folder, const Digest& key, std::vector<StoredItem>& items) {
    const std::string about = read_file(folder + "/about").value_or("");
    MABPLAN_TRY(names, list_names(folder));
    for (const std::string& name : names) {
        const std::string path = folder + "/" + name;
        struct stat facts {};
        if (name.starts_with("removed-")) {  // what an interrupted removal left, where it could not be put into tmp/
            items.push_back({ItemKind::CacheMount, key, disk_bytes(path), 0, path, std::string(trim(about))});
            continue;
        }
        if (name == "about" || ::stat((path + "/lock").c_str(), &facts) != 0) continue;
        items.push_back(
            {ItemKind::CacheMount, key, disk_bytes(path), static_cast<std::int64_t>(facts.st_mtime), path, std::string(trim(about))});
    }
    return {};
}

// Not all of it, if it is stopped.
Result<StoreUsage> measure(Store& store, const Stop* stop) {
    MABPLAN_CHECK(store.records().flush());
    MABPLAN_TRY(uses, store.records().last_uses());
    StoreUsage usage;
    MABPLAN_CHECK(collect(store.root() + "/blobs/sha256", ItemKind::Blob, uses, stop, usage.items));
    MABPLAN_CHECK(collect(store.snapshots(), ItemKind::Snapshot, uses, stop, usage.items));
    MABPLAN_TRY(caches, list_cache_mounts(store));
    usage.items.insert(usage.items.end(), caches.begin(), caches.end());
    for (const StoredItem& item : usage.items)
        (item.kind == ItemKind::Blob       ? usage.blob_bytes
         : item.kind == ItemKind::Snapshot ? usage.snapshot_bytes
                                           : usage.cache_mount_bytes) += item.bytes;
    for (const char* name : {"/records.sqlite", "/records.sqlite-wal", "/records.sqlite-shm", "/stat-cache"})
        usage.record_bytes += disk_bytes(store.root() + name);
    std::stable_sort(usage.items.begin(), usage.items.end(), [](const StoredItem& a, const StoredItem& b) { return a.used < b.used; });
    return usage;
}

// `left`: what the store has then, `free` what the file system has.
bool goes(const StoredItem& item, std::uint64_t left, std::uint64_t free, const PruneLimits& limits) {
    if (limits.unused_since && item.used >= *limits.unused_since) return false;
    if (limits.kinds && !limits.kinds->contains(item.kind)) return false;
    if (!limits.max_bytes && !limits.min_free) return true;
    return (limits.max_bytes && left > *limits.max_bytes) || (limits.min_free && free < *limits.min_free);
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
    std::uint64_t left = usage.total(), free = free_bytes(store_.root());
    for (const StoredItem& item : usage.items) {
        if (item.kind == ItemKind::Blob && kept.contains(item.digest)) continue;
        if (!goes(item, left, free, limits_)) continue;
        going.push_back(&item);
        left -= item.bytes;
        free += item.bytes;
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
    MABPLAN_TRY(usage, measure(store_, stop_));
    report.interrupted = is_interrupted(stop_);
    if (report.interrupted) return report;
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
    }
    return report;
}

}  // namespace

Result<std::vector<StoredItem>> list_cache_mounts(Store& store) {
    std::vector<StoredItem> items;
    const std::string folder = store.root() + "/cache-mounts";
    if (!path_exists(folder)) return items;
    MABPLAN_TRY(names, list_names(folder));
    for (const std::string& name : names)
        if (const auto key = digest_of_name(name)) MABPLAN_CHECK(collect_instances(folder + "/" + name, *key, items));
    return items;
}

Result<StoreUsage> measure_store(Store& store) { return measure(store, nullptr); }

Result<PruneReport> prune_store(Store& store, const PruneLimits& limits, const Stop* stop) { return Pruning(store, limits, stop).run(); }

}  // namespace mabplan::runtime
