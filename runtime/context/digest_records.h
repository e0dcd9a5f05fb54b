// The records of the stat cache in memory, found by inode. Knows neither files nor locks.
#pragma once

#include "plans/base/sha256.h"
#include "runtime/context/attributes.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct DigestRecord {
    std::uint64_t device, inode, size;
    std::int64_t mtime_s, ctime_s;
    std::uint32_t mtime_ns, ctime_ns;
    std::uint32_t generation;
    std::uint32_t attributes;  // attributes.h
    Sha256Bytes digest;
};
static_assert(sizeof(DigestRecord) == 88, "records are written as they lie in memory");

class DigestRecords {
public:
    // Makes the index ready for so many.
    void reserve(std::size_t count) { index_all(count); }
    std::size_t size() const { return records_.size(); }
    const std::deque<DigestRecord>& records() const { return records_; }
    DigestRecord* find(std::uint64_t device, std::uint64_t inode);
    // Replaces what was known of the inode.
    void put(DigestRecord record, const Xattrs& xattrs);
    Xattrs xattrs_of(const DigestRecord& record) const { return attributes_at(attributes_, record.attributes); }
    // Those of one generation are of another from now on.
    void renumber(std::uint32_t from, std::uint32_t to);
    // Keeps the records of the latest generations.
    void keep_latest(std::size_t count);

private:
    void index_all(std::size_t count);
    std::size_t slot_of(std::uint64_t device, std::uint64_t inode) const;

    std::deque<DigestRecord> records_;  // grows without being copied
    std::string attributes_;
    std::vector<std::uint32_t> slots_;  // open addressing: index into records_ plus one, 0 is free; a power of two, at most half full
};

}  // namespace mabplan::runtime
