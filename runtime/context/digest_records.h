// The records of the stat cache in memory and as bytes (format: digest_cache.h). Knows neither files nor locks.
#pragma once

#include "runtime/context/digest_cache.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

class DigestRecords {
public:
    struct Record {
        std::uint64_t device, inode, size;
        std::int64_t mtime_s, ctime_s;
        std::uint32_t mtime_ns, ctime_ns;
        std::uint32_t generation;
        std::uint32_t attributes;
        Sha256Bytes digest;
    };
    static_assert(sizeof(Record) == 88, "records are written as they lie in memory");

    // Nothing if the bytes are torn, damaged or of another version.
    static std::optional<DigestRecords> decode(std::string_view bytes);
    std::string encode(std::uint32_t generation) const;
    std::uint32_t generation() const { return generation_; }  // as decoded

    std::size_t size() const { return records_.size(); }
    Record* find(std::uint64_t device, std::uint64_t inode);
    const std::vector<Record>& records() const { return records_; }
    // Replaces what was known of the inode.
    void put(Record record, const std::map<std::string, std::string>& xattrs);
    std::map<std::string, std::string> xattrs_of(const Record& record) const;
    // Keeps the records of the latest generations.
    void keep_latest(std::size_t count);

private:
    void index_all();
    std::size_t slot_of(std::uint64_t device, std::uint64_t inode) const;

    std::uint32_t generation_ = 0;
    std::vector<Record> records_;
    std::string attributes_;
    std::vector<std::uint32_t> slots_;  // open addressing: index into records_ plus one, 0 is free; a power of two, at most half full
};

}  // namespace mabplan::runtime
