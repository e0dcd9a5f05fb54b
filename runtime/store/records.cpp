#include "runtime/store/records.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <array>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::int64_t kVersion = 7;
constexpr std::int64_t kVersionWithoutSums = 6;  // of pages: the same tables
constexpr std::int64_t kNotedSeconds = 3600;     // uses that nobody asked for are dated so roughly

Digest digest_or_empty(const std::string& text) { return Digest::parse(text).value_or(Digest{}); }

Result<std::vector<LeftOut>> find_left_out(Database& database, const Digest& key) {
    MABPLAN_TRY(query, database.prepare("SELECT path, what FROM left_out WHERE key=?1 ORDER BY path"));
    query.bind(1, key.text());
    std::vector<LeftOut> left_out;
    MABPLAN_CHECK(query.each([&] { left_out.push_back({query.text(0), query.text(1)}); }));
    return left_out;
}

Status put_left_out(Database& database, const Digest& key, const std::vector<LeftOut>& left_out) {
    MABPLAN_TRY(remove, database.prepare("DELETE FROM left_out WHERE key=?1"));
    MABPLAN_CHECK(remove.bind(1, key.text()).run());
    MABPLAN_TRY(insert, database.prepare("INSERT OR REPLACE INTO left_out VALUES(?1,?2,?3)"));
    for (const LeftOut& file : left_out) MABPLAN_CHECK(insert.bind(1, key.text()).bind(2, file.path).bind(3, file.what).run());
    return {};
}

Result<std::optional<ActionResult>> find_result(Database& database, const Digest& key) {
    MABPLAN_TRY(query, database.prepare("SELECT diff_id, bytes, seconds, emulator FROM results WHERE key=?1"));
    MABPLAN_TRY(found, query.bind(1, key.text()).step());
    if (!found) return std::optional<ActionResult>{};
    ActionResult result{digest_or_empty(query.text(0)), static_cast<std::uint64_t>(query.integer(1)), query.real(2), query.text(3)};
    MABPLAN_TRY(left_out, find_left_out(database, key));
    result.left_out = std::move(left_out);
    return std::optional<ActionResult>(std::move(result));
}

// An older store gets what it lacks, and keeps all that it has.
Status create_tables(Database& database) {
    MABPLAN_CHECK(database.execute("CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;"));
    MABPLAN_TRY(version, database.prepare("SELECT value FROM meta WHERE name='version'"));
    MABPLAN_TRY(found, version.step());
    const std::int64_t known = database.has_page_sums() ? kVersion : kVersionWithoutSums;
    const std::int64_t its = found ? version.integer(0) : 0;
    if (its == known) return {};
    if (its > kVersion)
        return fail(ErrorKind::Environment,
                    format("the store was written by a newer mabplan (version {} of its records, this one knows {})", its, kVersion));
    if (its > known) return fail(ErrorKind::Verify, "cannot read the records of the store: the sums of their pages are gone");
    version.reset();
    return database.transact([&] {
        return database.execute(
            "CREATE TABLE IF NOT EXISTS remote(address TEXT PRIMARY KEY, value TEXT, etag TEXT, modified TEXT) WITHOUT ROWID;"
            "CREATE TABLE IF NOT EXISTS results(key TEXT PRIMARY KEY, kind INTEGER, diff_id TEXT, bytes INTEGER, seconds REAL, emulator "
            "TEXT,"
            " made INTEGER, used INTEGER) WITHOUT ROWID;"
            "CREATE TABLE IF NOT EXISTS explanations(key TEXT PRIMARY KEY, fields TEXT, origin TEXT) WITHOUT ROWID;"
            "CREATE TABLE IF NOT EXISTS packed(diff_id TEXT, codec TEXT, digest TEXT, bytes INTEGER, used INTEGER, PRIMARY KEY(diff_id, "
            "codec)) WITHOUT ROWID;"
            "CREATE TABLE IF NOT EXISTS left_out(key TEXT, path TEXT, what TEXT, PRIMARY KEY(key, path)) WITHOUT ROWID;"
            "CREATE INDEX IF NOT EXISTS results_by_layer ON results(diff_id);" +
            join(std::array{kHistoryTable, kImageTables, kLayerFactTables, kMemberTable, kSizeTable}, "") +
            format("INSERT OR REPLACE INTO meta VALUES('version', {});", known));
    });
}

}  // namespace

Result<std::unique_ptr<Records>> Records::open(const std::string& path, WallClock& clock) {
    MABPLAN_TRY(file, RecordsFile::open(path, create_tables));
    return std::unique_ptr<Records>(new Records(std::move(file), clock));
}

template <class Ask>
std::invoke_result_t<Ask, Database&> Records::ask(Ask ask) {
    std::vector<std::string> repairs;
    auto answer = [&]() -> std::invoke_result_t<Ask, Database&> {
        const auto file = file_.lock();
        for (;;) {
            MABPLAN_CHECK(file->follow());
            auto given = ask(file->database());
            if (!given && file->database().is_damaged()) {
                MABPLAN_CHECK(file->replace(given.error()));
                given = ask(file->database());
            }
            if (file->has_moved()) continue;
            repairs = file->take_repairs();
            return given;
        }
    }();
    tell(repairs);
    return answer;
}

template <class Change>
Status Records::change(Change change) {
    return ask([&](Database& database) { return database.transact([&] { return change(database); }); });
}

Records::Tell Records::on_repair(Tell tell) {
    Tell before = std::exchange(*tell_.lock(), std::move(tell));
    const std::vector<std::string> repairs = file_.lock()->take_repairs();
    this->tell(repairs);
    return before;
}

void Records::tell(const std::vector<std::string>& repairs) const {
    if (repairs.empty()) return;
    const Tell tell = *tell_.lock();
    if (!tell) return;
    for (const std::string& repair : repairs) tell(repair);
}

Result<std::optional<ActionResult>> Records::find(const ResultKey& key) {
    MABPLAN_TRY(found, ask([&](Database& database) { return find_result(database, key.digest); }));
    if (!found) return std::optional<ActionResult>{};
    const auto uses = uses_.lock();
    Use& use = uses->results[key.digest];
    use.is_noted = false;
    use.time = clock_.seconds();
    use.kind = key.kind;
    use.instructions.insert(use.instructions.end(), key.instructions.begin(), key.instructions.end());
    return found;
}

Status Records::put(const ResultKey& key, const ActionResult& result) {
    const Explanation why = key.explain();
    return change([&](Database& database) -> Status {
        MABPLAN_TRY(insert, database.prepare("INSERT OR REPLACE INTO results VALUES(?1,?2,?3,?4,?5,?6,?7,?7)"));
        insert.bind(1, key.digest.text()).bind(2, static_cast<std::int64_t>(key.kind)).bind(3, result.diff_id.text());
        insert.bind(4, static_cast<std::int64_t>(result.bytes)).bind(5, result.seconds).bind(6, result.emulator).bind(7, clock_.seconds());
        MABPLAN_CHECK(insert.run());
        MABPLAN_CHECK(put_left_out(database, key.digest, result.left_out));
        MABPLAN_TRY(explain, database.prepare("INSERT OR REPLACE INTO explanations VALUES(?1,?2,?3)"));
        MABPLAN_CHECK(explain.bind(1, key.digest.text()).bind(2, fields_text(why.fields)).bind(3, why.origin).run());
        return note_instructions(database, key, clock_.seconds());
    });
}

Result<std::vector<InstructionRecord>> Records::history(const InstructionId& instruction) {
    return ask([&](Database& database) { return history_of(database, instruction); });
}

Result<std::optional<PackedLayer>> Records::find_packed(const Digest& diff_id, const std::string& codec) {
    return ask([&](Database& database) -> Result<std::optional<PackedLayer>> {
        MABPLAN_TRY(query, database.prepare("SELECT digest, bytes FROM packed WHERE diff_id=?1 AND codec=?2"));
        MABPLAN_TRY(found, query.bind(1, diff_id.text()).bind(2, codec).step());
        if (!found) return std::optional<PackedLayer>{};
        uses_.lock()->packed[query.text(0)] = clock_.seconds();
        return std::optional<PackedLayer>(PackedLayer{digest_or_empty(query.text(0)), static_cast<std::uint64_t>(query.integer(1))});
    });
}

Status Records::put_packed(const Digest& diff_id, const std::string& codec, const PackedLayer& packed) {
    return ask([&](Database& database) -> Status {
        MABPLAN_TRY(insert, database.prepare("INSERT OR REPLACE INTO packed VALUES(?1,?2,?3,?4,?5)"));
        return insert.bind(1, diff_id.text())
            .bind(2, codec)
            .bind(3, packed.digest.text())
            .bind(4, static_cast<std::int64_t>(packed.bytes))
            .bind(5, clock_.seconds())
            .run();
    });
}

Result<std::optional<MemberOfBlob>> Records::find_member(const Digest& unpacked, const std::string& codec) {
    return ask([&](Database& database) { return find_packed_member(database, unpacked, codec); });
}

Status Records::put_members(const std::string& codec, const Digest& blob, const std::vector<MemberRow>& members) {
    return change([&](Database& database) { return put_packed_members(database, codec, blob, members); });
}

Result<std::optional<std::vector<ProgramFound>>> Records::find_programs(const Digest& diff_id) {
    return ask([&](Database& database) { return programs_of(database, diff_id); });
}

Status Records::put_programs(const Digest& diff_id, const std::vector<ProgramFound>& programs) {
    return change([&](Database& database) { return put_programs_of(database, diff_id, programs); });
}

Result<std::vector<BakedIn>> Records::find_baked_in(const Digest& diff_id) {
    return ask([&](Database& database) { return baked_into(database, diff_id); });
}

Status Records::put_baked_in(const Digest& diff_id, const std::vector<BakedIn>& found) {
    if (found.empty()) return {};
    return change([&](Database& database) { return put_baked_into(database, diff_id, found); });
}

Result<std::optional<RemoteAnswer>> Records::find_remote(const std::string& address) {
    return ask([&](Database& database) -> Result<std::optional<RemoteAnswer>> {
        MABPLAN_TRY(query, database.prepare("SELECT value, etag, modified FROM remote WHERE address=?1"));
        MABPLAN_TRY(found, query.bind(1, address).step());
        if (!found) return std::optional<RemoteAnswer>{};
        return std::optional<RemoteAnswer>(RemoteAnswer{query.text(0), query.text(1), query.text(2)});
    });
}

Status Records::put_remote(const std::string& address, const RemoteAnswer& answer) {
    return ask([&](Database& database) -> Status {
        MABPLAN_TRY(insert, database.prepare("INSERT OR REPLACE INTO remote VALUES(?1,?2,?3,?4)"));
        return insert.bind(1, address).bind(2, answer.value).bind(3, answer.etag).bind(4, answer.modified).run();
    });
}

Result<std::vector<std::pair<std::string, RemoteAnswer>>> Records::remote_answers() {
    return ask([&](Database& database) -> Result<std::vector<std::pair<std::string, RemoteAnswer>>> {
        MABPLAN_TRY(query, database.prepare("SELECT address, value, etag, modified FROM remote ORDER BY address"));
        std::vector<std::pair<std::string, RemoteAnswer>> answers;
        MABPLAN_CHECK(query.each([&] { answers.emplace_back(query.text(0), RemoteAnswer{query.text(1), query.text(2), query.text(3)}); }));
        return answers;
    });
}

Status Records::put_image(const std::string& name, const Descriptor& root, const std::vector<BlobOrigin>& origins) {
    return change([&](Database& database) { return runtime::put_image(database, {name, root, clock_.seconds()}, origins); });
}

Result<std::optional<NamedImage>> Records::find_image(const std::string& name) {
    return ask([&](Database& database) { return runtime::find_image(database, name); });
}

Result<std::vector<NamedImage>> Records::images() {
    return ask([&](Database& database) { return list_named_images(database); });
}

Result<bool> Records::forget_image(const std::string& name) {
    return ask([&](Database& database) { return runtime::forget_image(database, name); });
}

Result<std::optional<ImageLocation>> Records::find_origin(const Digest& blob) {
    return ask([&](Database& database) { return runtime::find_origin(database, blob); });
}

Result<std::vector<ResultRow>> Records::list() {
    return ask([&](Database& database) -> Result<std::vector<ResultRow>> {
        MABPLAN_TRY(query, database.prepare("SELECT r.key, kind, diff_id, bytes, seconds, emulator, origin, made, used FROM results r"
                                            " LEFT JOIN explanations e ON e.key = r.key ORDER BY used DESC, r.key"));
        std::vector<ResultRow> rows;
        MABPLAN_CHECK(query.each([&] {
            ActionResult result{digest_or_empty(query.text(2)), static_cast<std::uint64_t>(query.integer(3)), query.real(4), query.text(5)};
            rows.push_back({digest_or_empty(query.text(0)), static_cast<KeyKind>(query.integer(1)), std::move(result), query.text(6),
                            query.integer(7), query.integer(8)});
        }));
        return rows;
    });
}

Result<std::map<Digest, std::vector<InstructionId>>> Records::instructions() {
    return ask([&](Database& database) { return instructions_by_key(database); });
}

Result<Explanation> Records::explanation(const Digest& key) {
    return ask([&](Database& database) -> Result<Explanation> {
        MABPLAN_TRY(query, database.prepare("SELECT fields, origin FROM explanations WHERE key=?1"));
        MABPLAN_TRY(found, query.bind(1, key.text()).step());
        if (!found) return Explanation{};
        Explanation why{parse_fields(query.text(0)), query.text(1)};
        query.reset();
        return why;
    });
}

Result<std::vector<LeftOut>> Records::left_out(const Digest& key) {
    return ask([&](Database& database) { return find_left_out(database, key); });
}

Result<std::map<std::string, PackedLayer>> Records::packed_forms(const Digest& diff_id) {
    return ask([&](Database& database) -> Result<std::map<std::string, PackedLayer>> {
        MABPLAN_TRY(query, database.prepare("SELECT codec, digest, bytes FROM packed WHERE diff_id=?1"));
        query.bind(1, diff_id.text());
        std::map<std::string, PackedLayer> forms;
        MABPLAN_CHECK(query.each([&] {
            forms[query.text(0)] = {digest_or_empty(query.text(1)), static_cast<std::uint64_t>(query.integer(2))};
        }));
        return forms;
    });
}

Result<RememberedUses> Records::remembered_uses() {
    return ask([&](Database& database) { return runtime::remembered_uses(database); });
}

Status Records::remember_uses(const RememberedUses& before, const RememberedUses& now) {
    if (before == now) return {};
    return change([&](Database& database) { return runtime::remember_uses(database, before, now); });
}

Result<bool> Records::has_result_with(const Digest& diff_id) {
    return ask([&](Database& database) -> Result<bool> {
        MABPLAN_TRY(query, database.prepare("SELECT 1 FROM results WHERE diff_id=?1 LIMIT 1"));
        MABPLAN_TRY(found, query.bind(1, diff_id.text()).step());
        query.reset();
        return found;
    });
}

Result<std::map<Digest, std::int64_t>> Records::last_uses() {
    return ask([&](Database& database) -> Result<std::map<Digest, std::int64_t>> {
        MABPLAN_TRY(query,
                    database.prepare("SELECT diff_id, max(used) FROM results GROUP BY diff_id UNION ALL SELECT digest, used FROM packed"
                                     " UNION ALL SELECT diff_id, used FROM packed"));
        std::map<Digest, std::int64_t> uses;
        MABPLAN_CHECK(query.each([&] {
            std::int64_t& used = uses[digest_or_empty(query.text(0))];
            used = std::max(used, query.integer(1));
        }));
        return uses;
    });
}

void Records::note_uses(const std::vector<Digest>& keys) {
    const auto uses = uses_.lock();
    const std::int64_t now = clock_.seconds();
    for (const Digest& key : keys) uses->results.try_emplace(key, Use{now, KeyKind::Definition, {}, true});
}

Status Records::forget_layer(const Digest& digest) {
    return change([&](Database& database) -> Status {
        for (const char* sql :
             {"DELETE FROM left_out WHERE key IN (SELECT key FROM results WHERE diff_id=?1)", "DELETE FROM baked_in WHERE diff_id=?1",
              "DELETE FROM explanations WHERE key IN (SELECT key FROM results WHERE diff_id=?1)",
              "DELETE FROM history WHERE key IN (SELECT key FROM results WHERE diff_id=?1)", "DELETE FROM results WHERE diff_id=?1",
              "DELETE FROM packed WHERE diff_id=?1 OR digest=?1", "DELETE FROM members WHERE blob=?1",
              "DELETE FROM programs WHERE diff_id=?1"}) {
            MABPLAN_TRY(remove, database.prepare(sql));
            MABPLAN_CHECK(remove.bind(1, digest.text()).run());
        }
        return {};
    });
}

Status Records::forget_packed(const Digest& digest) {
    return change([&](Database& database) -> Status {
        MABPLAN_TRY(remove, database.prepare("DELETE FROM packed WHERE digest=?1"));
        MABPLAN_CHECK(remove.bind(1, digest.text()).run());
        return forget_packed_members(database, digest);
    });
}

Result<std::vector<std::string>> Records::check() {
    const auto file = file_.lock();
    MABPLAN_CHECK(file->follow());
    std::vector<std::string> faults;
    const Status looked = [&]() -> Status {
        MABPLAN_TRY(query, file->database().prepare("PRAGMA integrity_check"));
        return query.each([&] {
            for (const std::string_view line : split(query.text(0), '\n'))
                if (line != "ok" && !line.starts_with("***")) faults.emplace_back(line);
        });
    }();
    if (looked) return faults;
    if (looked.error().kind != ErrorKind::Verify) return fail(looked.error());
    faults.push_back(looked.error().message);
    return faults;
}

Status Records::repair(const std::string& fault) {
    std::vector<std::string> repairs;
    {
        const auto file = file_.lock();
        MABPLAN_CHECK(file->replace({ErrorKind::Verify, "the records of the store are damaged: " + fault, {}, {}, {}, {}}));
        repairs = file->take_repairs();
    }
    tell(repairs);
    return {};
}

Status Records::flush() {
    const Uses uses = std::exchange(*uses_.lock(), {});
    if (uses.results.empty() && uses.packed.empty()) return {};
    return change([&](Database& database) -> Status {
        MABPLAN_TRY(results, database.prepare("UPDATE results SET used=?2 WHERE key=?1"));
        MABPLAN_TRY(noted, database.prepare("UPDATE results SET used=?2 WHERE key=?1 AND used < ?3"));
        for (const auto& [digest, use] : uses.results) {
            if (use.is_noted) {
                MABPLAN_CHECK(noted.bind(1, digest.text()).bind(2, use.time).bind(3, use.time - kNotedSeconds).run());
                continue;
            }
            MABPLAN_CHECK(results.bind(1, digest.text()).bind(2, use.time).run());
            MABPLAN_CHECK(note_instructions(database, {digest, use.kind, use.instructions}, use.time));
        }
        MABPLAN_TRY(packed, database.prepare("UPDATE packed SET used=?2 WHERE digest=?1"));
        for (const auto& [digest, time] : uses.packed) MABPLAN_CHECK(packed.bind(1, digest).bind(2, time).run());
        return {};
    });
}

}  // namespace mabplan::runtime
