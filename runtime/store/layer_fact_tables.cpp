#include "runtime/store/layer_fact_tables.h"

namespace mabplan::runtime {

// A row without an architecture says that the layer was looked through.
Result<std::optional<std::vector<ProgramFound>>> programs_of(Database& database, const Digest& diff_id) {
    MABPLAN_TRY(query, database.prepare("SELECT architecture, path FROM programs WHERE diff_id=?1 ORDER BY architecture"));
    query.bind(1, diff_id.text());
    std::optional<std::vector<ProgramFound>> found;
    MABPLAN_CHECK(query.each([&] {
        if (!found) found.emplace();
        if (!query.text(0).empty()) found->push_back({query.text(0), query.text(1)});
    }));
    return found;
}

Status put_programs_of(Database& database, const Digest& diff_id, const std::vector<ProgramFound>& programs) {
    MABPLAN_TRY(insert, database.prepare("INSERT OR REPLACE INTO programs VALUES(?1,?2,?3)"));
    MABPLAN_CHECK(insert.bind(1, diff_id.text()).bind(2, std::string_view()).bind(3, std::string_view()).run());
    for (const ProgramFound& program : programs)
        MABPLAN_CHECK(insert.bind(1, diff_id.text()).bind(2, program.architecture).bind(3, program.path).run());
    return {};
}

Result<std::vector<BakedIn>> baked_into(Database& database, const Digest& diff_id) {
    MABPLAN_TRY(query, database.prepare("SELECT kind, path FROM baked_in WHERE diff_id=?1 ORDER BY path"));
    query.bind(1, diff_id.text());
    std::vector<BakedIn> found;
    MABPLAN_CHECK(query.each([&] { found.push_back({query.text(0), query.text(1)}); }));
    return found;
}

Status put_baked_into(Database& database, const Digest& diff_id, const std::vector<BakedIn>& found) {
    MABPLAN_TRY(insert, database.prepare("INSERT OR REPLACE INTO baked_in VALUES(?1,?2,?3)"));
    for (const BakedIn& file : found) MABPLAN_CHECK(insert.bind(1, diff_id.text()).bind(2, file.path).bind(3, file.kind).run());
    return {};
}

}  // namespace mabplan::runtime
