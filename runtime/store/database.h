// The one door to SQLite: a connection, prepared statements, errors as values. Knows nothing of what is stored.
#pragma once

#include "plans/base/result.h"
#include "runtime/store/page_sums.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace mabplan::runtime {

// A prepared statement, bound and stepped in order. Reset when it goes out of scope of `run` or `each`.
class Statement {
public:
    ~Statement();
    Statement(Statement&&) noexcept;
    Statement& operator=(Statement&&) noexcept;

    Statement& bind(int position, std::string_view text);  // positions from 1
    Statement& bind(int position, std::int64_t number);
    Statement& bind(int position, double number);
    // True while there is a row; an Environment error if SQLite reports one. Resets itself after the last row.
    Result<bool> step();
    Status run();  // steps to the end
    // Steps to the end; `row` reads the row that the statement stands on.
    Status each(const std::function<void()>& row);
    std::string text(int column) const;  // columns from 0
    std::int64_t integer(int column) const;
    double real(int column) const;
    void reset();

private:
    friend class Database;
    struct Handle;
    explicit Statement(std::unique_ptr<Handle> handle);
    std::unique_ptr<Handle> handle_;
};

// One connection; used by one thread at a time.
class Database {
public:
    ~Database();
    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;

    // WAL mode, busy time-out of 30 s; pages of a new one have sums (page_sums.h). A file that is no database, or a damaged one, is a
    // Verify error, here and wherever what is damaged is read.
    static Result<Database> open(const std::string& path);
    // To be filled and closed before others know it: without a log beside it.
    static Result<Database> open_apart(const std::string& path);
    // To save from a damaged one what can be read of it.
    static Result<Database> open_damaged(const std::string& path);
    bool has_page_sums() const;
    // Whether an error of this connection was one of damage.
    bool is_damaged() const;
    Status execute(const std::string& sql);
    // All that `write` writes, or nothing of it; the error is that of what failed first.
    Status transact(const std::function<Status()>& write);
    // A statement prepared before with this text and dropped since is used again.
    Result<Statement> prepare(std::string_view sql);
    // Of the tables that both have the rows of `from` that can be read from the first on, and from the last back, within a transaction.
    // Damage is no error here, all else is.
    Status take_rows(Database& from);

private:
    static Result<Database> connect(const std::string& path, DamagedPages pages);
    Status enter_wal_mode();
    Status take_rows(Database& from, const std::string& table);
    bool failed_at_what_is_read() const;

    struct Handle;
    explicit Database(std::unique_ptr<Handle> handle);
    std::unique_ptr<Handle> handle_;
};

}  // namespace mabplan::runtime
