#include "runtime/store/member_table.h"

namespace mabplan::runtime {

Result<std::optional<MemberOfBlob>> find_packed_member(Database& database, const Digest& unpacked, const std::string& codec) {
    MABPLAN_TRY(query, database.prepare("SELECT blob, start, bytes, sum FROM members WHERE unpacked=?1 AND codec=?2"));
    MABPLAN_TRY(found, query.bind(1, unpacked.hex()).bind(2, codec).step());
    if (!found) return std::optional<MemberOfBlob>();
    const auto number = [&](int column) { return static_cast<std::uint64_t>(query.integer(column)); };
    MemberOfBlob member{Digest::parse(query.text(0)).value_or(Digest{}), {number(1), number(2), number(3)}};
    query.reset();
    return std::optional(member);
}

Status put_packed_members(Database& database, const std::string& codec, const Digest& blob, const std::vector<MemberRow>& members) {
    MABPLAN_TRY(insert, database.prepare("INSERT OR REPLACE INTO members VALUES(?1,?2,?3,?4,?5,?6)"));
    for (const MemberRow& member : members) {
        insert.bind(1, member.unpacked.hex()).bind(2, codec).bind(3, blob.text());
        insert.bind(4, static_cast<std::int64_t>(member.place.start)).bind(5, static_cast<std::int64_t>(member.place.bytes));
        MABPLAN_CHECK(insert.bind(6, static_cast<std::int64_t>(member.place.sum)).run());
    }
    return {};
}

Status forget_packed_members(Database& database, const Digest& blob) {
    MABPLAN_TRY(remove, database.prepare("DELETE FROM members WHERE blob=?1"));
    return remove.bind(1, blob.text()).run();
}

}  // namespace mabplan::runtime
