#include "runtime/store/store_usage.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/store/waited_lock.h"
#include "runtime/sys/disk_use.h"
#include "runtime/sys/file.h"
#include "runtime/sys/file_clock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::int64_t kStillChanging = -1;
constexpr std::array<std::string_view, 4> kRecordFiles{"records.sqlite", "records.sqlite-wal", "records.sqlite-shm", "stat-cache"};
constexpr std::array<std::string_view, 3> kFoldersOfItems{"blobs", "snapshots", "cache-mounts"};

Result<Digest> digest_of_name(const std::string& name) { return Digest::parse("sha256:" + name); }

class Measuring {
public:
    Measuring(Store& store, Sizes sizes, const Stop* stop) : store_(store), sizes_(sizes), stop_(stop) {}

    Result<StoreUsage> run() {
        MABPLAN_CHECK(store_.records().flush());
        MABPLAN_TRY(uses, store_.records().last_uses());
        uses_ = std::move(uses);
        MABPLAN_CHECK(recall());
        MABPLAN_CHECK(collect("blobs/sha256", ItemKind::Blob));
        MABPLAN_CHECK(collect("snapshots", ItemKind::Snapshot));
        MABPLAN_CHECK(collect_caches());
        if (!has_ended()) MABPLAN_CHECK(store_.records().remember_uses(known_, now_));
        add_up();
        return std::move(usage_);
    }

    Status recall() {
        MABPLAN_TRY(known, store_.records().remembered_uses());
        known_ = std::move(known);
        return {};
    }
    Status collect_caches() {
        const std::string folder = store_.root() + "/cache-mounts";
        if (!path_exists(folder)) return {};
        MABPLAN_TRY(names, list_names(folder));
        for (const std::string& name : names)
            if (const auto key = digest_of_name(name)) MABPLAN_CHECK(collect_instances(name, *key));
        return {};
    }
    std::vector<StoredItem> take_items() { return std::move(usage_.items); }

private:
    bool has_ended() const { return stop_ != nullptr && stop_->is_interrupted(); }

    // Who unpacks a layer has looked at its files already, and noted what they take.
    DiskUse look_at(const std::string& path) const {
        const auto noted = sizes_ == Sizes::Remembered ? noted_disk_use(path) : std::nullopt;
        return noted ? *noted : disk_use(path);
    }

    // `stamp`: the same as long as the files are.
    DiskUse use_of(const std::string& path, std::int64_t stamp) {
        const auto known = known_.find(path);
        const bool is_known = sizes_ == Sizes::Remembered && known != known_.end() && known->second.stamp == stamp;
        const DiskUse use = is_known ? known->second.use : look_at(format("{}/{}", store_.root(), path));
        if (stamp != kStillChanging) now_[path] = {stamp, use};
        return use;
    }

    Status collect(const std::string& folder, ItemKind kind) {
        MABPLAN_TRY(names, list_names(format("{}/{}", store_.root(), folder)));
        for (const std::string& name : names) {
            if (has_ended()) break;
            const auto digest = digest_of_name(name);
            const std::string inner = format("{}/{}", folder, name);
            std::string path = format("{}/{}", store_.root(), inner);
            struct stat facts {};
            if (!digest || ::lstat(path.c_str(), &facts) != 0) continue;
            DiskUse use;
            if (kind == ItemKind::Blob) use = use_of_one(facts);
            else use = use_of(inner, static_cast<std::int64_t>(facts.st_ino));
            const auto used = uses_.find(*digest);
            const auto dated = static_cast<std::int64_t>(facts.st_mtime);
            usage_.items.push_back(
                {kind, *digest, use.bytes, used != uses_.end() ? std::max(used->second, dated) : dated, std::move(path), {}, use.inodes});
        }
        return {};
    }

    // Each instance is an item of its own: the lock beside it tells when it was used last.
    Status collect_instances(const std::string& key_name, const Digest& key) {
        const std::string folder = format("cache-mounts/{}", key_name);
        const std::string about(trim(read_file(format("{}/{}/about", store_.root(), folder)).value_or("")));
        MABPLAN_TRY(names, list_names(format("{}/{}", store_.root(), folder)));
        for (const std::string& name : names) {
            if (has_ended()) break;
            const std::string inner = format("{}/{}", folder, name);
            const std::string path = format("{}/{}", store_.root(), inner);
            struct stat facts {};
            if (name.starts_with("removed-")) {  // what an interrupted removal left, where it could not be put into tmp/
                const DiskUse use = disk_use(path);
                usage_.items.push_back({ItemKind::CacheMount, key, use.bytes, 0, path, about, use.inodes});
                continue;
            }
            if (name == "about" || ::stat((path + "/lock").c_str(), &facts) != 0) continue;
            // it is dated when it is taken, and written to until it is let go
            const bool in_use = is_lock_refused(path + "/lock", LOCK_EX);
            const DiskUse use = use_of(inner, in_use ? kStillChanging : nanoseconds_of(facts.st_mtim));
            usage_.items.push_back(
                {ItemKind::CacheMount, key, use.bytes, static_cast<std::int64_t>(facts.st_mtime), path, about, use.inodes, in_use});
        }
        return {};
    }

    void add_up() {
        for (const StoredItem& item : usage_.items) {
            (item.kind == ItemKind::Blob       ? usage_.blob_bytes
             : item.kind == ItemKind::Snapshot ? usage_.snapshot_bytes
                                               : usage_.cache_mount_bytes) += item.bytes;
            usage_.inodes += item.inodes;
        }
        for (const std::string_view name : kRecordFiles) usage_.record_bytes += disk_use(format("{}/{}", store_.root(), name)).bytes;
        usage_.other_bytes = other_bytes();
        std::stable_sort(usage_.items.begin(), usage_.items.end(),
                         [](const StoredItem& a, const StoredItem& b) { return a.used < b.used; });
    }

    bool is_counted_elsewhere(const std::string& name) const {
        const auto is_it = [&](std::string_view known) { return name == known; };
        return std::any_of(kFoldersOfItems.begin(), kFoldersOfItems.end(), is_it) ||
               std::any_of(kRecordFiles.begin(), kRecordFiles.end(), is_it) || (sizes_ == Sizes::Remembered && name == "tmp");
    }

    // All but the items and the records: the folders that hold them as well. Where sizes are remembered, what is being worked on is left
    // out: it is as good as gone.
    std::uint64_t other_bytes() const {
        DiskUse use;
        const auto add_itself = [&](const std::string& path) {
            struct stat facts {};
            if (::lstat(path.c_str(), &facts) == 0) use += use_of_one(facts);
        };
        const std::string& root = store_.root();
        for (const char* inner : {"", "/blobs", "/blobs/sha256", "/snapshots", "/cache-mounts"}) add_itself(root + inner);
        if (const auto names = list_names(root + "/cache-mounts"); path_exists(root + "/cache-mounts") && names)
            for (const std::string& name : *names) {
                add_itself(format("{}/cache-mounts/{}", root, name));
                add_itself(format("{}/cache-mounts/{}/about", root, name));
            }
        if (const auto names = list_names(root))
            for (const std::string& name : *names)
                if (!is_counted_elsewhere(name)) use.bytes += disk_use(format("{}/{}", root, name)).bytes;
        return use.bytes;
    }

    Store& store_;
    Sizes sizes_;
    const Stop* stop_;
    std::map<Digest, std::int64_t> uses_;
    RememberedUses known_, now_;
    StoreUsage usage_;
};

}  // namespace

Result<StoreUsage> measure_store(Store& store, Sizes sizes, const Stop* stop) { return Measuring(store, sizes, stop).run(); }

Result<std::vector<StoredItem>> list_cache_mounts(Store& store, Sizes sizes) {
    Measuring measuring(store, sizes, nullptr);
    if (sizes == Sizes::Remembered) MABPLAN_CHECK(measuring.recall());
    MABPLAN_CHECK(measuring.collect_caches());
    return measuring.take_items();
}

}  // namespace mabplan::runtime
