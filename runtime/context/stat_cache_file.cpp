#include "runtime/context/stat_cache_file.h"

#include "runtime/sys/temporary.h"
#include "runtime/sys/xxh3.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMagic = 0x746174736e616c70;  // "planstat" on a little-endian host
constexpr std::uint32_t kVersion = 1;
constexpr std::uint64_t kMostBytes = 1U << 30U;
constexpr std::size_t kRecordsAtATime = 4096;

struct Header {
    std::uint64_t magic;
    std::uint32_t version;
    std::uint32_t generation;
    std::uint64_t records;
    std::uint64_t attribute_bytes;
};
static_assert(sizeof(Header) == 32);

template <class Value>
std::string_view bytes_of(const Value& value) {
    return {reinterpret_cast<const char*>(&value), sizeof(Value)};
}

bool read_at(const Fd& file, void* into, std::size_t count, std::uint64_t offset) {
    for (auto* out = static_cast<char*>(into); count > 0;) {
        const ssize_t got = ::pread(file.get(), out, count, static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        out += got;
        count -= static_cast<std::size_t>(got);
        offset += static_cast<std::uint64_t>(got);
    }
    return true;
}

bool checksum_is_right(const Fd& file, std::uint64_t end) {
    Xxh3 hash;
    std::string buffer(kRecordsAtATime * sizeof(DigestRecord), '\0');
    for (std::uint64_t at = 0; at < end;) {
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), end - at));
        if (!read_at(file, buffer.data(), count, at)) return false;
        hash.update(std::string_view(buffer).substr(0, count));
        at += count;
    }
    std::uint64_t expected = 0;
    return read_at(file, &expected, sizeof expected, end) && hash.finish() == expected;
}

// Writes what it is given in large pieces and hashes it.
class ChecksummedWriter {
public:
    explicit ChecksummedWriter(ByteSink& out) : out_(out) {}
    Status write(std::string_view bytes) {
        piece_ += bytes;
        return piece_.size() < kRecordsAtATime * sizeof(DigestRecord) ? Status{} : flush();
    }
    Status finish() {
        MABPLAN_CHECK(flush());
        const std::uint64_t sum = hash_.finish();
        return out_.write(bytes_of(sum));
    }

private:
    Status flush() {
        hash_.update(piece_);
        MABPLAN_CHECK(out_.write(piece_));
        piece_.clear();
        return {};
    }

    ByteSink& out_;
    Xxh3 hash_;
    std::string piece_;
};

}  // namespace

std::optional<StatCacheFile> StatCacheFile::open(const std::string& path) {
    StatCacheFile cache;
    cache.file_ = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (!cache.file_.valid() || ::fstat(cache.file_.get(), &status) != 0) return std::nullopt;
    constexpr std::size_t kFixed = sizeof(Header) + sizeof(std::uint64_t);
    const auto size = static_cast<std::uint64_t>(status.st_size);
    Header header{};
    if (size < kFixed || size > kMostBytes || !read_at(cache.file_, &header, sizeof header, 0)) return std::nullopt;
    const std::uint64_t body = size - kFixed;
    if (header.magic != kMagic || header.version != kVersion || header.records > body / sizeof(DigestRecord)) return std::nullopt;
    if (header.attribute_bytes != body - header.records * sizeof(DigestRecord)) return std::nullopt;
    if (!checksum_is_right(cache.file_, size - sizeof(std::uint64_t))) return std::nullopt;
    cache.generation_ = header.generation;
    cache.count_ = header.records;
    cache.attributes_.resize(static_cast<std::size_t>(header.attribute_bytes));
    if (!read_at(cache.file_, cache.attributes_.data(), cache.attributes_.size(), sizeof header + header.records * sizeof(DigestRecord)))
        return std::nullopt;
    return cache;
}

void StatCacheFile::for_each(const Visit& visit) const {
    std::vector<DigestRecord> records(kRecordsAtATime);
    for (std::uint64_t at = 0; at < count_; at += records.size()) {
        records.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kRecordsAtATime, count_ - at)));
        if (!read_at(file_, records.data(), records.size() * sizeof(DigestRecord), sizeof(Header) + at * sizeof(DigestRecord))) return;
        for (const DigestRecord& record : records) visit(record, attributes_at(attributes_, record.attributes));
    }
}

Status write_stat_cache_file(const StatCachePlace& place, const DigestRecords& records, std::uint32_t generation) {
    // only attributes that a record still has are written; their places change with that
    std::string attributes;
    for (const DigestRecord& record : records.records()) append_attributes(attributes, records.xattrs_of(record));
    MABPLAN_TRY(file, place.scratch.empty() ? PendingFile::beside(place.file) : PendingFile::within(place.scratch, "stat-cache"));
    ChecksummedWriter out(file);
    MABPLAN_CHECK(out.write(bytes_of(Header{kMagic, kVersion, generation, records.size(), attributes.size()})));
    std::string again;
    for (DigestRecord record : records.records()) {
        record.attributes = append_attributes(again, records.xattrs_of(record));
        MABPLAN_CHECK(out.write(bytes_of(record)));
    }
    MABPLAN_CHECK(out.write(attributes));
    MABPLAN_CHECK(out.finish());
    return file.publish(place.file, Durability::Cached);
}

}  // namespace mabplan::runtime
