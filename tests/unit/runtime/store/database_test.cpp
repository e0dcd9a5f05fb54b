#include "runtime/store/database.h"

#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace mabplan;
using namespace mabplan::runtime;
using mabplan::tests::TemporaryDirectory;

namespace {

struct World {
    TemporaryDirectory folder;
    Database database = Database::open(folder / "database").value();
    World() { REQUIRE(database.execute("CREATE TABLE words(number INTEGER PRIMARY KEY, word TEXT NOT NULL);")); }

    Status insert(std::int64_t number, std::string_view word) {
        MABPLAN_TRY(insert, database.prepare("INSERT INTO words VALUES(?1,?2)"));
        return insert.bind(1, number).bind(2, word).run();
    }
    std::vector<std::string> words() {
        auto query = database.prepare("SELECT word FROM words ORDER BY number").value();
        std::vector<std::string> found;
        while (query.step().value()) found.push_back(query.text(0));
        return found;
    }
};

}  // namespace

TEST_CASE("what is bound comes back as it was") {
    World world;
    const std::string bytes("a\0b\xff'", 5);
    REQUIRE(world.insert(1, bytes));
    REQUIRE(world.insert(std::int64_t{1} << 62U, ""));
    CHECK(world.words() == std::vector<std::string>{bytes, ""});
    auto query = world.database.prepare("SELECT max(number), 0.25 FROM words").value();
    REQUIRE(query.step().value());
    CHECK(query.integer(0) == std::int64_t{1} << 62U);
    CHECK(query.real(1) == 0.25);
    CHECK_FALSE(query.step().value());
}

TEST_CASE("a statement of a known text begins anew") {
    World world;
    REQUIRE(world.insert(1, "one"));
    {
        auto query = world.database.prepare("SELECT word FROM words WHERE number=?1").value();
        REQUIRE(query.bind(1, std::int64_t{1}).step().value());
    }
    auto again = world.database.prepare("SELECT word FROM words WHERE number=?1").value();
    CHECK_FALSE(again.step().value());  // nothing is bound any more
}

TEST_CASE("a transaction is written whole") {
    World world;
    REQUIRE(world.database.transact([&]() -> Status {
        MABPLAN_CHECK(world.insert(1, "one"));
        return world.insert(2, "two");
    }));
    CHECK(world.words() == std::vector<std::string>{"one", "two"});
}

TEST_CASE("of a transaction that fails nothing stays, its own error is told, and the next one can begin") {
    World world;
    const auto failed = world.database.transact([&]() -> Status {
        MABPLAN_CHECK(world.insert(1, "one"));
        return fail(ErrorKind::Internal, "thought better of it");
    });
    CHECK(failed.error().message == "thought better of it");
    CHECK(world.words().empty());
    // SQLite has rolled back by itself: there is no transaction left that could be rolled back
    const auto rolled_back = world.database.transact([&]() -> Status {
        MABPLAN_CHECK(world.insert(1, "one"));
        MABPLAN_CHECK(world.database.execute("INSERT OR ROLLBACK INTO words VALUES(1, 'again');"));
        return {};
    });
    CHECK(rolled_back.error().message.find("UNIQUE") != std::string::npos);
    CHECK(world.words().empty());
    REQUIRE(world.database.transact([&] { return world.insert(3, "three"); }));
    CHECK(world.words() == std::vector<std::string>{"three"});
}

TEST_CASE("a file that is no database is a Verify error, a folder an Environment error with a hint") {
    const TemporaryDirectory folder;
    REQUIRE(write_file(folder / "text", std::string(4096, 'x'), 0644, Durability::Cached));
    CHECK(Database::open(folder / "text").error().kind == ErrorKind::Verify);
    const auto missing = Database::open(folder / "no/such/folder");
    CHECK(missing.error().kind == ErrorKind::Environment);
    CHECK(missing.error().hint.find("MABPLAN_CACHE_DIR") != std::string::npos);
}
