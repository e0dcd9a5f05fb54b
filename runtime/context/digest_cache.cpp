#include "runtime/context/digest_cache.h"

#include "runtime/context/digest_records.h"
#include "runtime/context/stat_cache_file.h"
#include "runtime/sys/file_clock.h"
#include "runtime/sys/xxh3.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <ctime>

namespace mabplan::runtime {

namespace {

Timestamp timestamp_of(const timespec& time) { return {time.tv_sec, static_cast<std::uint32_t>(time.tv_nsec)}; }

DigestRecord record_of(const FileIdentity& file, const Sha256Bytes& digest, std::uint32_t generation) {
    return {file.device, file.inode, file.size, file.mtime.seconds, file.ctime.seconds, file.mtime.nanoseconds, file.ctime.nanoseconds,
            generation,  0,          digest};
}

FileIdentity identity_in(const DigestRecord& record) {
    return {record.device, record.inode, record.size, {record.mtime_s, record.mtime_ns}, {record.ctime_s, record.ctime_ns}};
}

// The racy-timestamp rule. A file system whose times have no fraction keeps whole seconds or, at worst, every other.
bool is_settled(const FileIdentity& file, Timestamp reading_began) {
    if (file.ctime.nanoseconds == 0 && file.mtime.nanoseconds == 0) reading_began = {reading_began.seconds - 2, 0};
    return file.mtime < reading_began && file.ctime < reading_began;
}

}  // namespace

FileIdentity identity_of(const struct stat& status) {
    return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size), timestamp_of(status.st_mtim),
            timestamp_of(status.st_ctim)};
}

std::uint64_t fingerprint_of(const FileIdentity& identity) {
    const std::array<std::uint64_t, 7> all{identity.device,
                                           identity.inode,
                                           identity.size,
                                           static_cast<std::uint64_t>(identity.mtime.seconds),
                                           static_cast<std::uint64_t>(identity.ctime.seconds),
                                           identity.mtime.nanoseconds,
                                           identity.ctime.nanoseconds};
    return xxh3_64({reinterpret_cast<const char*>(all.data()), sizeof all});
}

Timestamp file_clock_now() { return timestamp_of(file_time_now()); }

DigestCache::DigestCache(StatCachePlace place, std::size_t max_entries) : place_(std::move(place)), max_entries_(max_entries) {
    const auto state = state_.lock();
    state->records = std::make_unique<DigestRecords>();
    const auto saved = place_.file.empty() ? std::nullopt : StatCacheFile::open(place_.file);
    if (!saved) return;
    state->records->reserve(static_cast<std::size_t>(saved->size()));
    saved->for_each([&](const DigestRecord& record, const Xattrs& xattrs) { state->records->put(record, xattrs); });
    state->generation = saved->generation() + 1;
}

DigestCache::~DigestCache() = default;

std::vector<std::optional<KnownContent>> DigestCache::find_all(const std::vector<FileIdentity>& files) {
    std::vector<std::optional<KnownContent>> known(files.size());
    const auto state = state_.lock();
    for (std::size_t i = 0; i < files.size(); ++i) {
        DigestRecord* record = state->records->find(files[i].device, files[i].inode);
        if (record == nullptr || !(identity_in(*record) == files[i])) continue;
        record->generation = state->generation;
        known[i] = KnownContent{record->digest, state->records->xattrs_of(*record)};
    }
    return known;
}

std::optional<KnownContent> DigestCache::find(const FileIdentity& file) { return std::move(find_all({file}).front()); }

void DigestCache::insert(const FileIdentity& file, Timestamp reading_began, const KnownContent& content) {
    if (!is_settled(file, reading_began)) return;
    const auto state = state_.lock();
    state->records->put(record_of(file, content.digest, state->generation), content.xattrs);
    state->changed = true;
}

// Others may have written since: theirs stays for every file that was not seen here.
void DigestCache::State::merge(const StatCacheFile& saved) {
    saved.for_each([this](const DigestRecord& record, const Xattrs& xattrs) {
        const DigestRecord* mine = records->find(record.device, record.inode);
        if (mine == nullptr || mine->generation != generation) records->put(record, xattrs);
    });
}

Status DigestCache::save() {
    const auto state = state_.lock();
    if (!state->changed || place_.file.empty()) return {};
    const auto saved = StatCacheFile::open(place_.file);
    const std::uint32_t next = saved ? std::max(state->generation, saved->generation() + 1) : state->generation;
    if (next != state->generation) state->records->renumber(state->generation, next);
    state->generation = next;  // what others saved meanwhile is older than that
    if (saved) state->merge(*saved);
    state->records->keep_latest(max_entries_);
    MABPLAN_CHECK(write_stat_cache_file(place_, *state->records, state->generation));
    state->changed = false;
    return {};
}

std::size_t DigestCache::size() const {
    const auto state = state_.lock();
    return state->records->size();
}

}  // namespace mabplan::runtime
