#include "runtime/context/digest_cache.h"

#include "runtime/context/digest_records.h"
#include "runtime/sys/file.h"

#include <sys/stat.h>

#include <algorithm>
#include <ctime>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMostBytes = 1U << 30U;

Timestamp timestamp_of(const timespec& time) { return {time.tv_sec, static_cast<std::uint32_t>(time.tv_nsec)}; }

std::optional<DigestRecords> read_records(const std::string& path) {
    if (path.empty() || !path_exists(path)) return std::nullopt;
    const auto bytes = read_file(path, kMostBytes);
    return bytes ? DigestRecords::decode(*bytes) : std::nullopt;
}

DigestRecords::Record record_of(const FileIdentity& file, const Sha256Bytes& digest, std::uint32_t generation) {
    return {file.device,           file.inode,  file.size, file.mtime.seconds, file.ctime.seconds, file.mtime.nanoseconds,
            file.ctime.nanoseconds, generation, 0,         digest};
}

FileIdentity identity_of(const DigestRecords::Record& record) {
    return {record.device, record.inode, record.size, {record.mtime_s, record.mtime_ns}, {record.ctime_s, record.ctime_ns}};
}

// The racy-timestamp rule. A file system whose times have no fraction keeps whole seconds or, at worst, every other.
bool is_settled(const FileIdentity& file, Timestamp reading_began) {
    if (file.ctime.nanoseconds == 0 && file.mtime.nanoseconds == 0) reading_began = {reading_began.seconds - 2, 0};
    return file.mtime < reading_began && file.ctime < reading_began;
}

}  // namespace

FileIdentity identity_of(const struct stat& status) {
    return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size), timestamp_of(status.st_mtim), timestamp_of(status.st_ctim)};
}

Timestamp file_clock_now() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
    return timestamp_of(now);
}

DigestCache::DigestCache(std::string path, std::size_t max_entries) : path_(std::move(path)), max_entries_(max_entries) {
    records_ = std::make_unique<DigestRecords>(read_records(path_).value_or(DigestRecords{}));
    generation_ = records_->generation() + 1;
}

DigestCache::~DigestCache() = default;

std::vector<std::optional<KnownContent>> DigestCache::find_all(const std::vector<FileIdentity>& files) {
    std::vector<std::optional<KnownContent>> known(files.size());
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < files.size(); ++i) {
        DigestRecords::Record* record = records_->find(files[i].device, files[i].inode);
        if (record == nullptr || !(identity_of(*record) == files[i])) continue;
        record->generation = generation_;
        known[i] = KnownContent{record->digest, records_->xattrs_of(*record)};
    }
    return known;
}

std::optional<KnownContent> DigestCache::find(const FileIdentity& file) { return std::move(find_all({file}).front()); }

void DigestCache::insert(const FileIdentity& file, Timestamp reading_began, KnownContent content) {
    if (!is_settled(file, reading_began)) return;
    const std::lock_guard lock(mutex_);
    records_->put(record_of(file, content.digest, generation_), content.xattrs);
    changed_ = true;
}

// Others may have written since: theirs stays for every file that was not seen here.
Status DigestCache::save() {
    const std::lock_guard lock(mutex_);
    if (!changed_ || path_.empty()) return {};
    DigestRecords merged = read_records(path_).value_or(DigestRecords{});
    const std::uint32_t saved_generation = std::max(generation_, merged.generation() + 1);
    for (DigestRecords::Record record : records_->records()) {
        const bool seen = record.generation == generation_;
        if (!seen && merged.find(record.device, record.inode) != nullptr) continue;
        const auto xattrs = records_->xattrs_of(record);
        if (seen) record.generation = saved_generation;
        merged.put(record, xattrs);
    }
    merged.keep_latest(max_entries_);
    MABPLAN_CHECK(write_file(path_, merged.encode(saved_generation), 0644, Durability::Cached));
    changed_ = false;
    return {};
}

std::size_t DigestCache::size() const {
    const std::lock_guard lock(mutex_);
    return records_->size();
}

}  // namespace mabplan::runtime
