#include "runtime/freshness/cache_times.h"

#include "runtime/freshness/cache_mtimes.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <set>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kWorthALook = 32U << 20U;  // bytes to copy that cost more than reading the times of a cache
constexpr std::size_t kMostRecordsOfOthers = 200'000;

// The indices of what is new; the times of the rest.
std::vector<std::size_t> find_new(const StepSight& sight, const std::optional<SeenTable>& seen, std::vector<std::int64_t>& times) {
    std::vector<std::size_t> found;
    const std::vector<SeenFile>& files = sight.files();
    const bool is_complete = seen && !seen->forgot_others();
    std::size_t at = 0;
    for (std::size_t i = 0; i < files.size(); ++i) {
        while (seen && at < seen->records.size() && seen->records[at].key < files[i].key) ++at;
        const bool known = seen && at < seen->records.size() && seen->records[at].key == files[i].key;
        if (known && seen->records[at].content == files[i].content) times[i] = seen->records[at].time_ns;
        else if (known || !is_complete || files[i].source == LayerSource::Given) found.push_back(i);
    }
    return found;
}

// What the step sees, and what others saw of base images and commands. Of a given file that it does not see it is remembered that there
// was one: a command may make a file of that name.
std::vector<SeenRecord> join_records(const StepSight& sight, const std::vector<std::int64_t>& times,
                                     const std::vector<SeenRecord>& before) {
    std::vector<SeenRecord> records;
    const std::vector<SeenFile>& files = sight.files();
    const bool keeps_others = before.size() < files.size() + kMostRecordsOfOthers;
    auto old = before.begin();
    const auto keep_until = [&](const std::uint64_t* key) {
        for (; old != before.end() && (key == nullptr || old->key < *key); ++old) {
            if (!keeps_others && old->key != kForgotOthers) continue;
            records.push_back(*old);
            if (old->source == LayerSource::Given) records.back().forget();
        }
        if (key != nullptr && old != before.end() && old->key == *key) ++old;
    };
    for (std::size_t i = 0; i < files.size(); ++i) {
        keep_until(&files[i].key);
        records.push_back({files[i].key, files[i].content, times[i], files[i].source, {}});
    }
    keep_until(nullptr);
    if (!keeps_others && (records.empty() || records.back().key != kForgotOthers))
        records.push_back({kForgotOthers, {}, 0, LayerSource::Made, {}});
    return records;
}

std::vector<SeenRecord> replace_records(const std::vector<SeenRecord>& before, const std::vector<SeenRecord>& newer) {
    std::vector<SeenRecord> records;
    records.reserve(before.size() + newer.size());
    auto old = before.begin();
    for (const SeenRecord& record : newer) {
        for (; old != before.end() && old->key < record.key; ++old) records.push_back(*old);
        if (old != before.end() && old->key == record.key) ++old;
        records.push_back(record);
    }
    records.insert(records.end(), old, before.end());
    return records;
}

}  // namespace

Result<CacheTimes> CacheTimes::compare(StepSight sight, const std::vector<UsedCache>& caches, int stop_fd) {
    CacheTimes times;
    times.sight_ = std::move(sight);
    times.times_.assign(times.sight_.files().size(), 0);
    times.stop_fd_ = stop_fd;
    for (const UsedCache& used : caches) {
        struct stat facts {};
        if (::stat(used.folder.c_str(), &facts) != 0) return system_error(errno, "look at", used.folder);
        Cache cache{used, 0, facts.st_dev, facts.st_ino};
        MABPLAN_CHECK(times.compare_with(cache, stop_fd));
        times.caches_.push_back(std::move(cache));
    }
    return times;
}

Status CacheTimes::compare_with(Cache& cache, int stop_fd) {
    MABPLAN_TRY(file, SeenFiles::lock(cache.used.folder, stop_fd));
    const std::optional<SeenTable> seen = file.read();
    MABPLAN_TRY(names, list_names(cache.used.folder));
    std::vector<std::int64_t> own(sight_.files().size(), 0);
    std::vector<std::int64_t> mtimes;
    std::vector<std::size_t> found;
    if (!names.empty()) found = find_new(sight_, seen, own);
    if (!found.empty()) {
        MABPLAN_TRY(read, mtimes_in(cache.used.folder));
        mtimes = std::move(read);
        MABPLAN_TRY(time, time_after(mtimes.back(), stop_fd));
        MABPLAN_CHECK(make_newer(own, found, time + kTimeMark));
        new_files_ += static_cast<std::size_t>(std::count_if(
            found.begin(), found.end(), [&](std::size_t i) { return sight_.files()[i].file->kind != ListedKind::Directory; }));
    }
    SeenTable now{seen ? seen->generation : 0, join_records(sight_, own, seen ? seen->records : std::vector<SeenRecord>{})};
    const bool changes = !seen || now.records != seen->records;
    if (changes) ++now.generation;
    if (changes && cache.used.access == MountAccess::Writable) MABPLAN_CHECK(file.write(now));
    cache.generation = now.generation;
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < own.size(); ++i) bytes += own[i] != 0 ? sight_.files()[i].file->bytes : 0;
    if (mtimes.empty() && bytes > kWorthALook) {
        MABPLAN_TRY(read, mtimes_in(cache.used.folder));
        mtimes = std::move(read);
    }
    take_over(std::move(own), mtimes);
    return {};
}

Status CacheTimes::make_newer(std::vector<std::int64_t>& own, const std::vector<std::size_t>& found, std::int64_t time) const {
    for (const std::size_t i : found) own[i] = time;
    std::set<std::string> done;
    for (const std::size_t i : found) {
        const SeenFile& link = sight_.files()[i];
        if (link.file->kind != ListedKind::Symlink) continue;
        const auto path = sight_.resolve(sight_.path_of(link));
        if (!path || !done.insert(*path).second) continue;
        const auto target = sight_.find(path_key(*path));
        if (!target) continue;
        for (const std::size_t below : sight_.at_and_below(*target)) own[below] = time;
    }
    return {};
}

// A time is needed only where it tells something: if the cache has a file that the one of the layer is not newer than.
void CacheTimes::take_over(std::vector<std::int64_t> own, const std::vector<std::int64_t>& mtimes) {
    for (std::size_t i = 0; i < own.size(); ++i) {
        if (own[i] == 0) continue;
        const std::int64_t of_layer = sight_.files()[i].file->mtime_ns;
        if (of_layer >= own[i]) continue;
        const std::int64_t second = of_layer - (of_layer % kNanosecondsPerSecond + kNanosecondsPerSecond) % kNanosecondsPerSecond;
        const auto older = std::lower_bound(mtimes.begin(), mtimes.end(), second);
        const bool tells = mtimes.empty() || (older != mtimes.end() && *older < own[i]);
        if (tells) times_[i] = std::max(times_[i], own[i]);
    }
}

// Whether a path that another step has recorded meanwhile was the same for this one, before and after its command. One that this one never
// saw is in nothing that it made.
bool CacheTimes::is_as_seen(const StepSight& after, const SeenRecord& record) const {
    const auto then = sight_.find(record.key);
    const auto now = after.find(record.key);
    return (!then || sight_.files()[*then].content == record.content) && (!now || after.files()[*now].content == record.content);
}

// Where others have used the cache meanwhile, only what all of them saw alike stays: who made what there cannot be known.
template <class Change>
Status CacheTimes::change(const StepSight& after, const Change& change) {
    for (Cache& cache : caches_) {
        if (cache.used.access != MountAccess::Writable) continue;
        struct stat facts {};
        MABPLAN_TRY(file, SeenFiles::lock(cache.used.folder, -1));
        if (::stat(cache.used.folder.c_str(), &facts) != 0 || facts.st_dev != cache.device || facts.st_ino != cache.inode)
            continue;  // it was replaced
        std::optional<SeenTable> seen = file.read();
        if (!seen) continue;
        SeenTable now = *seen;
        const bool alone = seen->generation == cache.generation;
        if (!alone)
            for (SeenRecord& record : now.records)
                if (!is_as_seen(after, record)) record.forget();
        change(now, alone);
        if (now.records == seen->records) continue;
        ++now.generation;
        MABPLAN_CHECK(file.write(now));
        if (alone) cache.generation = now.generation;
    }
    return {};
}

// What it changed has its own time; what is as it was, or was never there for any user of the cache, is not new.
Status CacheTimes::record(const StepSight& after, const WrittenFiles& written) {
    std::vector<const SeenFile*> made;
    for (const SeenFile& file : after.files()) {
        const auto before = sight_.find(file.key);
        if (!before || sight_.files()[*before].content != file.content) made.push_back(&file);
    }
    return change(after, [&](SeenTable& table, bool alone) {
        std::vector<SeenRecord> records;
        for (const SeenFile* file : made) {
            SeenRecord record{file->key, file->content, 0, file->source, {}};
            const SeenRecord* known = table.find(file->key);
            const auto found = written.find(file->key);
            if (known != nullptr && known->content == file->content) record.time_ns = known->time_ns;
            else if (known != nullptr && found != written.end() && found->second.mtime_ns > file->file->mtime_ns)
                record.time_ns = found->second.mtime_ns;
            if (!alone) record.forget();
            records.push_back(record);
        }
        table.records = replace_records(table.records, records);
    });
}

Status CacheTimes::forget(const WrittenFiles& written) {
    std::vector<std::uint64_t> paths;
    for (const auto& [key, file] : written)
        if (!file.is_directory) paths.push_back(key);
    return forget_paths(std::move(paths));
}

Status CacheTimes::forget_paths(std::vector<std::uint64_t> paths) {
    if (paths.empty()) return {};
    std::sort(paths.begin(), paths.end());
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    std::vector<SeenRecord> forgotten;
    for (const std::uint64_t key : paths) forgotten.push_back({key, {}, 0, LayerSource::Made, {}});
    return change(sight_, [&](SeenTable& table, bool) { table.records = replace_records(table.records, forgotten); });
}

}  // namespace mabplan::runtime
