// How much of the disk unpacked layers and cache mounts took when they were last looked through, which takes long. A part of the store's
// records, which give it their connection and their lock.
//
// Table: sizes(path, stamp, bytes, inodes). A path is one below the store; a size holds as long as its stamp is the same.
#pragma once

#include "runtime/store/database.h"
#include "runtime/sys/disk_use.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace mabplan::runtime {

struct RememberedUse {
    std::int64_t stamp = 0;
    DiskUse use;
    bool operator==(const RememberedUse&) const = default;
};
using RememberedUses = std::map<std::string, RememberedUse>;  // by path

Result<RememberedUses> remembered_uses(Database& database);
// What changed between two of them, within a transaction of the database.
Status remember_uses(Database& database, const RememberedUses& before, const RememberedUses& now);

inline constexpr std::string_view kSizeTable =
    "CREATE TABLE IF NOT EXISTS sizes(path TEXT PRIMARY KEY, stamp INTEGER, bytes INTEGER, inodes INTEGER) WITHOUT ROWID;";

}  // namespace mabplan::runtime
