// Which content a file had when it was last read, known by its stat alone (like git's index): dev, inode, size, mtime and ctime
// give the SHA-256 and the extended attributes. Knows no paths.
//
// The file `stat-cache`, host byte order, never moved between hosts:
//   header      magic u64 | version u32 | generation u32 | number of records u64 | bytes of attributes u64
//   records     dev u64 | inode u64 | size u64 | mtime s i64 | ctime s i64 | mtime ns u32 | ctime ns u32 | generation of the save that
//               last saw it u32 | offset of its attributes u32, 0xffffffff: none | SHA-256 32 bytes
//   attributes  for each file with some: count u32, then length u32 and bytes of each name and of each value
//   XXH3-64 of all before u64
// A file that is torn, damaged or of another version is as good as none.
//
// The racy-timestamp rule: what changed in the same clock tick in which it was read may change again without another timestamp, so
// an entry is kept only if mtime and ctime are older than the start of its reading.
#pragma once

#include "plans/base/result.h"
#include "plans/base/sha256.h"
#include "runtime/sys/guarded.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

struct stat;

namespace mabplan::runtime {

struct Timestamp {
    std::int64_t seconds = 0;
    std::uint32_t nanoseconds = 0;
    auto operator<=>(const Timestamp&) const = default;
};

struct FileIdentity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    Timestamp mtime;
    Timestamp ctime;
    bool operator==(const FileIdentity&) const = default;
};

FileIdentity identity_of(const struct stat& status);
// For where very many are kept: two that differ have one fingerprint once in 2^64.
std::uint64_t fingerprint_of(const FileIdentity& identity);
// The clock that file timestamps are taken from (its tick, not finer).
Timestamp file_clock_now();

struct KnownContent {
    Sha256Bytes digest{};
    std::map<std::string, std::string> xattrs;
};

struct StatCachePlace {
    std::string file;
    std::string scratch;  // where the next one is written before it takes the place of the file; empty: beside it
};

class DigestRecords;
class StatCacheFile;

// May be used by several threads.
class DigestCache {
public:
    // An empty path keeps the cache in memory only. `max_entries` bounds the file: the least recently seen are dropped first.
    explicit DigestCache(std::string path, std::size_t max_entries = 1U << 20U)
        : DigestCache(StatCachePlace{std::move(path), {}}, max_entries) {}
    explicit DigestCache(StatCachePlace place, std::size_t max_entries = 1U << 20U);
    ~DigestCache();
    DigestCache(const DigestCache&) = delete;
    DigestCache& operator=(const DigestCache&) = delete;

    // In the order asked.
    std::vector<std::optional<KnownContent>> find_all(const std::vector<FileIdentity>& files);
    std::optional<KnownContent> find(const FileIdentity& file);
    // `reading_began` by file_clock_now() before the first byte was read. Not kept if the racy-timestamp rule forbids it.
    void insert(const FileIdentity& file, Timestamp reading_began, const KnownContent& content);
    // Writes the file if something was inserted, together with what others wrote meanwhile.
    Status save();
    std::size_t size() const;

private:
    struct State {
        std::unique_ptr<DigestRecords> records;
        std::uint32_t generation = 1;  // of the next save
        bool changed = false;

        void merge(const StatCacheFile& saved);
    };

    StatCachePlace place_;
    std::size_t max_entries_;
    Guarded<State> state_;
};

}  // namespace mabplan::runtime
