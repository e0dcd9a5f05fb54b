// Which keys an instruction had, and when it had them last: what it is compared with the next time. A part of the store's records, which
// give it their connection and their lock.
//
// Table: history(target, stage, platform, kind, ordinal, key, key_kind, used). Beside it stand the explanations of the keys.
#pragma once

#include "plans/model/instruction_id.h"
#include "runtime/store/database.h"
#include "runtime/store/result_cache.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

struct InstructionRecord {
    Digest key;
    KeyKind kind = KeyKind::Definition;
    std::int64_t used = 0;  // seconds since 1970: made or found
    Explanation why;
};

// Within a transaction of the database.
Status note_instructions(Database& database, const ResultKey& key, std::int64_t used);
// The latest first. Keys whose results were removed are not among them.
Result<std::vector<InstructionRecord>> history_of(Database& database, const InstructionId& instruction);

// All instructions of each key.
Result<std::map<Digest, std::vector<InstructionId>>> instructions_by_key(Database& database);

// How fields are kept in the table of explanations.
std::string fields_text(const std::vector<KeyField>& fields);
// Nothing of what is no such text.
std::vector<KeyField> parse_fields(std::string_view text);

inline constexpr std::string_view kHistoryTable =
    "CREATE TABLE IF NOT EXISTS history(target TEXT, stage TEXT, platform TEXT, kind TEXT, ordinal INTEGER, key TEXT, key_kind INTEGER,"
    " used INTEGER, PRIMARY KEY(target, stage, platform, kind, ordinal, key)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS history_by_key ON history(key);";

}  // namespace mabplan::runtime
