// What was found in layers when they were looked through. A part of the store's records, which give it their connection and their lock.
//
// Tables: programs(diff_id, architecture, path) · baked_in(diff_id, path, kind)
#pragma once

#include "plans/base/digest.h"
#include "plans/model/layer_facts.h"
#include "runtime/store/database.h"

#include <optional>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

// Nothing: nobody has looked yet.
Result<std::optional<std::vector<ProgramFound>>> programs_of(Database& database, const Digest& diff_id);
// Within a transaction of the database, as put_baked_into.
Status put_programs_of(Database& database, const Digest& diff_id, const std::vector<ProgramFound>& programs);
// Sorted by path.
Result<std::vector<BakedIn>> baked_into(Database& database, const Digest& diff_id);
Status put_baked_into(Database& database, const Digest& diff_id, const std::vector<BakedIn>& found);

inline constexpr std::string_view kLayerFactTables =
    "CREATE TABLE IF NOT EXISTS programs(diff_id TEXT, architecture TEXT, path TEXT, PRIMARY KEY(diff_id, architecture)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS baked_in(diff_id TEXT, path TEXT, kind TEXT, PRIMARY KEY(diff_id, path)) WITHOUT ROWID;";

}  // namespace mabplan::runtime
