// The file of the stat cache, format: digest_cache.h. Read and written record by record: it can have a million of them.
#pragma once

#include "plans/base/result.h"
#include "runtime/context/digest_cache.h"
#include "runtime/context/digest_records.h"
#include "runtime/sys/fd.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace mabplan::runtime {

class StatCacheFile {
public:
    // All of it is checked. Nothing if there is no such file, or it is torn, damaged or of another version.
    static std::optional<StatCacheFile> open(const std::string& path);

    std::uint32_t generation() const { return generation_; }
    std::uint64_t size() const { return count_; }
    using Visit = std::function<void(const DigestRecord&, const Xattrs&)>;
    // What can't be read any more is left out.
    void for_each(const Visit& visit) const;

private:
    Fd file_;
    std::uint32_t generation_ = 0;
    std::uint64_t count_ = 0;
    std::string attributes_;
};

Status write_stat_cache_file(const StatCachePlace& place, const DigestRecords& records, std::uint32_t generation);

}  // namespace mabplan::runtime
