// A layer between SQLite and its files (sqlite.org/vfs.html) that gives each page of a database a sum, which is compared whenever the page
// is read: a changed bit is SQLITE_IOERR_DATA, and never an answer. Knows nothing of connections and tables.
//
// The sum is XXH3 over the rest of the page, by its number; it stands in the last 8 bytes, which the header of the database reserves
// (sqlite.org/fileformat2.html, 1.3.4). Databases without this reservation are read and written as they are. What stands in a write-ahead
// log has sums of SQLite's own, which are compared when a log that was left is read (the same, 4.1).
#pragma once

struct sqlite3;

namespace mabplan::runtime {

enum class DamagedPages {
    Refused,
    Mended,  // where one bit of a page was changed, the page is read as it was; other damage is refused
};

// The name under which SQLite knows the layer.
const char* page_sums_layer(DamagedPages pages);

// A database that is empty yet is made with sums; others stay as they are.
void ask_for_page_sums(sqlite3* connection);
bool has_page_sums(sqlite3* connection);

}  // namespace mabplan::runtime
