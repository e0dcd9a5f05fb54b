#include "runtime/store/size_table.h"

namespace mabplan::runtime {

Result<RememberedUses> remembered_uses(Database& database) {
    MABPLAN_TRY(query, database.prepare("SELECT path, stamp, bytes, inodes FROM sizes"));
    RememberedUses uses;
    MABPLAN_CHECK(query.each([&] {
        uses[query.text(0)] = {query.integer(1),
                               {static_cast<std::uint64_t>(query.integer(2)), static_cast<std::uint64_t>(query.integer(3))}};
    }));
    return uses;
}

Status remember_uses(Database& database, const RememberedUses& before, const RememberedUses& now) {
    MABPLAN_TRY(remove, database.prepare("DELETE FROM sizes WHERE path=?1"));
    for (const auto& [path, use] : before)
        if (!now.contains(path)) MABPLAN_CHECK(remove.bind(1, path).run());
    MABPLAN_TRY(insert, database.prepare("INSERT OR REPLACE INTO sizes VALUES(?1,?2,?3,?4)"));
    for (const auto& [path, use] : now) {
        const auto known = before.find(path);
        if (known != before.end() && known->second == use) continue;
        insert.bind(1, path).bind(2, use.stamp).bind(3, static_cast<std::int64_t>(use.use.bytes));
        MABPLAN_CHECK(insert.bind(4, static_cast<std::int64_t>(use.use.inodes)).run());
    }
    return {};
}

}  // namespace mabplan::runtime
