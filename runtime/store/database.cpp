#include "runtime/store/database.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <sqlite3.h>

#include <chrono>
#include <functional>
#include <map>
#include <thread>
#include <vector>

namespace mabplan::runtime {

namespace {

constexpr std::chrono::milliseconds kBusyTime{30'000};
constexpr std::chrono::milliseconds kBusyPause{10};

bool is_damage(int exact) { return (exact & 0xff) == SQLITE_CORRUPT || (exact & 0xff) == SQLITE_NOTADB || exact == SQLITE_IOERR_DATA; }

std::string_view reason(sqlite3* connection, int code) {
    if (connection == nullptr) return "out of memory";
    return code == SQLITE_IOERR_DATA ? "a page of them has another sum than it was written with" : sqlite3_errmsg(connection);
}

Failure database_error(sqlite3* connection, std::string_view doing) {
    const int exact = connection != nullptr ? sqlite3_extended_errcode(connection) : SQLITE_NOMEM, code = exact & 0xff;
    Error error{is_damage(exact) ? ErrorKind::Verify : ErrorKind::Environment,
                format("cannot {} the records of the store: {}", doing, reason(connection, exact)),
                {},
                {},
                {},
                {}};
    if (code == SQLITE_FULL) error.hint = "free disk space, or point MABPLAN_CACHE_DIR at a larger disk";
    if (code == SQLITE_READONLY || code == SQLITE_CANTOPEN)
        error.hint = "the store must be a folder that can be written: point MABPLAN_CACHE_DIR at one";
    return fail(std::move(error));
}

}  // namespace

// Of a database and its statements.
struct Connection {
    // Statements by their text that nobody uses at the moment: compiling one takes longer than running it.
    std::multimap<std::string, sqlite3_stmt*, std::less<>> idle;
    bool is_damaged = false;
    ~Connection() {
        for (const auto& [text, raw] : idle) sqlite3_finalize(raw);
    }
    Failure failure(sqlite3* raw, std::string_view doing) {
        Failure failed = database_error(raw, doing);
        is_damaged = is_damaged || failed.value().kind == ErrorKind::Verify;
        return failed;
    }
};

struct Statement::Handle {
    std::string sql;
    std::shared_ptr<Connection> connection;
    sqlite3_stmt* raw = nullptr;
    ~Handle() {
        if (raw == nullptr) return;
        sqlite3_reset(raw);
        sqlite3_clear_bindings(raw);
        connection->idle.emplace(std::move(sql), raw);
    }
};

struct Database::Handle {
    std::shared_ptr<Connection> connection = std::make_shared<Connection>();
    sqlite3* raw = nullptr;
    ~Handle() { sqlite3_close_v2(raw); }
};

Statement::Statement(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
Statement::~Statement() = default;
Statement::Statement(Statement&&) noexcept = default;
Statement& Statement::operator=(Statement&&) noexcept = default;

Statement& Statement::bind(int position, std::string_view text) {
    // a null pointer would be bound as NULL
    const char* bytes = text.empty() ? "" : text.data();
    sqlite3_bind_text64(handle_->raw, position, bytes, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
}

Statement& Statement::bind(int position, std::int64_t number) {
    sqlite3_bind_int64(handle_->raw, position, number);
    return *this;
}

Statement& Statement::bind(int position, double number) {
    sqlite3_bind_double(handle_->raw, position, number);
    return *this;
}

Result<bool> Statement::step() {
    const int code = sqlite3_step(handle_->raw);
    if (code == SQLITE_ROW) return true;
    Result<bool> result = false;
    if (code != SQLITE_DONE) result = handle_->connection->failure(sqlite3_db_handle(handle_->raw), "read or write");
    reset();
    return result;
}

Status Statement::run() {
    return each([] {});
}

Status Statement::each(const std::function<void()>& row) {
    for (;;) {
        MABPLAN_TRY(more, step());
        if (!more) return {};
        row();
    }
}

std::string Statement::text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle_->raw, column));
    return bytes == nullptr ? std::string{} : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_->raw, column)));
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_->raw, column); }
double Statement::real(int column) const { return sqlite3_column_double(handle_->raw, column); }

void Statement::reset() {
    sqlite3_reset(handle_->raw);
    sqlite3_clear_bindings(handle_->raw);
}

Database::Database(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
Database::~Database() = default;
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;

Result<Database> Database::connect(const std::string& path, DamagedPages pages) {
    auto handle = std::make_unique<Handle>();
    constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path.c_str(), &handle->raw, kFlags, page_sums_layer(pages)) != SQLITE_OK)
        return database_error(handle->raw, "open");
    sqlite3_busy_timeout(handle->raw, static_cast<int>(kBusyTime.count()));
    ask_for_page_sums(handle->raw);
    return Database(std::move(handle));
}

Result<Database> Database::open_apart(const std::string& path) { return connect(path, DamagedPages::Refused); }
Result<Database> Database::open_damaged(const std::string& path) { return connect(path, DamagedPages::Mended); }

Result<Database> Database::open(const std::string& path) {
    MABPLAN_TRY(database, connect(path, DamagedPages::Refused));
    MABPLAN_CHECK(database.enter_wal_mode());
    MABPLAN_CHECK(database.execute("PRAGMA synchronous=NORMAL;"));
    return database;
}

bool Database::is_damaged() const { return handle_->connection->is_damaged; }
bool Database::has_page_sums() const { return runtime::has_page_sums(handle_->raw); }

// SQLite does not wait when the mode changes, as it does for locks: of several processes that open a new store at once all but one are
// told at once that it is busy.
Status Database::enter_wal_mode() {
    const auto give_up = std::chrono::steady_clock::now() + kBusyTime;
    for (;;) {
        Status entered = execute("PRAGMA journal_mode=WAL;");
        if (entered || (sqlite3_errcode(handle_->raw) & 0xff) != SQLITE_BUSY || std::chrono::steady_clock::now() > give_up) return entered;
        std::this_thread::sleep_for(kBusyPause);
    }
}

Status Database::execute(const std::string& sql) {
    if (sqlite3_exec(handle_->raw, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return handle_->connection->failure(handle_->raw, "write");
}

Status Database::transact(const std::function<Status()>& write) {
    MABPLAN_CHECK(execute("BEGIN IMMEDIATE"));
    Status done = write();
    if (done) done = execute("COMMIT");
    // some failures, as of a full disk, have rolled back already: then there is nothing to roll back
    if (!done && sqlite3_get_autocommit(handle_->raw) == 0) static_cast<void>(execute("ROLLBACK"));
    return done;
}

Result<Statement> Database::prepare(std::string_view sql) {
    auto handle = std::make_unique<Statement::Handle>();
    handle->sql = sql;
    handle->connection = handle_->connection;
    auto& idle = handle_->connection->idle;
    if (const auto known = idle.find(sql); known != idle.end()) {
        handle->raw = known->second;
        idle.erase(known);
        return Statement(std::move(handle));
    }
    if (sqlite3_prepare_v2(handle_->raw, sql.data(), static_cast<int>(sql.size()), &handle->raw, nullptr) != SQLITE_OK)
        return handle_->connection->failure(handle_->raw, "read");
    return Statement(std::move(handle));
}

Status Database::take_rows(Database& from) {
    MABPLAN_TRY(query, prepare("SELECT name FROM sqlite_schema WHERE type='table'"));
    std::vector<std::string> tables;
    MABPLAN_CHECK(query.each([&] { tables.push_back(query.text(0)); }));
    for (const std::string& table : tables) MABPLAN_CHECK(take_rows(from, table));
    return {};
}

// From the first to the last, and where that ends at what can't be read, from the last backwards.
Status Database::take_rows(Database& from, const std::string& table) {
    MABPLAN_TRY(query, prepare("SELECT name, pk FROM pragma_table_info(?1) ORDER BY cid"));
    query.bind(1, table);
    std::vector<std::string> columns, places, key;
    MABPLAN_CHECK(query.each([&] {
        columns.push_back(query.text(0));
        places.push_back(format("?{}", columns.size()));
        if (query.integer(1) > 0) key.push_back(query.text(0) + " DESC");
    }));
    MABPLAN_TRY(insert, prepare(format("INSERT OR REPLACE INTO {} VALUES({})", table, join(places, ","))));
    const std::string select = format("SELECT {} FROM {} NOT INDEXED", join(columns, ","), table);
    for (const std::string& order : {std::string(), " ORDER BY " + join(key, ",")}) {
        auto rows = from.prepare(select + order);
        if (!rows) return from.failed_at_what_is_read() ? Status{} : Status(fail(rows.error()));
        auto more = rows->step();
        for (; more && *more; more = rows->step()) {
            for (int column = 0; column < static_cast<int>(columns.size()); ++column)
                sqlite3_bind_value(insert.handle_->raw, column + 1, sqlite3_column_value(rows->handle_->raw, column));
            // what is no row of such a table is none that was written
            if (Status taken = insert.run(); !taken && (sqlite3_errcode(handle_->raw) & 0xff) != SQLITE_CONSTRAINT) return taken;
        }
        if (more) return {};
        if (!from.failed_at_what_is_read()) return fail(more.error());
    }
    return {};
}

// And not for want of memory, descriptors or a turn; a table or a column that is not there, too.
bool Database::failed_at_what_is_read() const {
    const int exact = sqlite3_extended_errcode(handle_->raw);
    return is_damage(exact) || exact == SQLITE_IOERR_READ || exact == SQLITE_ERROR;
}

}  // namespace mabplan::runtime
