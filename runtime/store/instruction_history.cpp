#include "runtime/store/instruction_history.h"

#include "plans/base/json.h"
#include "plans/base/text.h"

namespace mabplan::runtime {

std::string fields_text(const std::vector<KeyField>& fields) {
    Json out = Json::array();
    for (const KeyField& field : fields) out.push_back({write_bytes(field.tag), write_bytes(field.value)});
    return dump_json(out);
}

std::vector<KeyField> parse_fields(std::string_view text) {
    const auto json = parse_json(text, "an explanation");
    if (!json || !json->is_array()) return {};
    std::vector<KeyField> fields;
    for (const Json& field : *json) {
        if (!field.is_array() || field.size() != 2) return {};
        auto tag = read_bytes(field[0]);
        auto value = read_bytes(field[1]);
        if (!tag || !value) return {};
        fields.push_back({*std::move(tag), *std::move(value)});
    }
    return fields;
}

Status note_instructions(Database& database, const ResultKey& key, std::int64_t used) {
    if (key.instructions.empty()) return {};
    MABPLAN_TRY(insert, database.prepare("INSERT OR REPLACE INTO history SELECT ?1,?2,?3,?4,?5,?6,?7,?8"
                                         " WHERE EXISTS (SELECT 1 FROM results WHERE key=?6)"));
    for (const InstructionId& id : key.instructions) {
        insert.bind(1, id.target).bind(2, id.stage).bind(3, format_platform(id.platform)).bind(4, id.kind);
        insert.bind(5, static_cast<std::int64_t>(id.ordinal)).bind(6, key.digest.text()).bind(7, static_cast<std::int64_t>(key.kind));
        MABPLAN_CHECK(insert.bind(8, used).run());
    }
    return {};
}

Result<std::vector<InstructionRecord>> history_of(Database& database, const InstructionId& instruction) {
    MABPLAN_TRY(query, database.prepare("SELECT h.key, key_kind, used, fields, origin FROM history h JOIN explanations e ON e.key = h.key"
                                        " WHERE target=?1 AND stage=?2 AND platform=?3 AND kind=?4 AND ordinal=?5"
                                        " ORDER BY used DESC, key_kind, h.key"));
    query.bind(1, instruction.target).bind(2, instruction.stage).bind(3, format_platform(instruction.platform)).bind(4, instruction.kind);
    query.bind(5, static_cast<std::int64_t>(instruction.ordinal));
    std::vector<InstructionRecord> records;
    MABPLAN_CHECK(query.each([&] {
        records.push_back({Digest::parse(query.text(0)).value_or(Digest{}),
                           static_cast<KeyKind>(query.integer(1)),
                           query.integer(2),
                           {parse_fields(query.text(3)), query.text(4)}});
    }));
    return records;
}

Result<std::map<Digest, std::vector<InstructionId>>> instructions_by_key(Database& database) {
    MABPLAN_TRY(query,
                database.prepare("SELECT key, target, stage, platform, kind, ordinal FROM history ORDER BY key, target, stage, platform"));
    std::map<Digest, std::vector<InstructionId>> found;
    MABPLAN_CHECK(query.each([&] {
        auto platform = parse_platform(query.text(3), {"linux", {}, {}, {}, {}});
        found[Digest::parse(query.text(0)).value_or(Digest{})].push_back({query.text(1), query.text(2),
                                                                          platform ? *std::move(platform) : Platform{}, query.text(4),
                                                                          static_cast<std::uint32_t>(query.integer(5))});
    }));
    return found;
}

}  // namespace mabplan::runtime
