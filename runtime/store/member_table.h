// Where the members of packed layers stand (runtime/layer/packed_members.h). A part of the store's records, which give it their connection
// and their lock.
//
// Table: members(unpacked, codec, blob, start, bytes, sum). One row for each content: the file that was written last has it.
#pragma once

#include "plans/base/digest.h"
#include "runtime/store/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

struct MemberPlace {
    std::uint64_t start = 0;  // byte of the packed layer
    std::uint64_t bytes = 0;
    std::uint64_t sum = 0;  // of these bytes (runtime/sys/xxh3.h)
    bool operator==(const MemberPlace&) const = default;
};
struct MemberOfBlob {
    Digest blob;
    MemberPlace place;
};
struct MemberRow {
    Digest unpacked;
    MemberPlace place;
};

Result<std::optional<MemberOfBlob>> find_packed_member(Database& database, const Digest& unpacked, const std::string& codec);
// Within a transaction of the database.
Status put_packed_members(Database& database, const std::string& codec, const Digest& blob, const std::vector<MemberRow>& members);
Status forget_packed_members(Database& database, const Digest& blob);

inline constexpr std::string_view kMemberTable =
    "CREATE TABLE IF NOT EXISTS members(unpacked TEXT, codec TEXT, blob TEXT, start INTEGER, bytes INTEGER, sum INTEGER,"
    " PRIMARY KEY(unpacked, codec)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS members_by_blob ON members(blob);";

}  // namespace mabplan::runtime
