// The file that records are kept in: opens it, notices that another process has put a new one in its place, and puts what can be read of a
// damaged one into a new one. Does not know what is recorded. Used by one thread at a time.
//
//   PATH           the database, with PATH-wal and PATH-shm
//   PATH.lock      shared by who opens the database, exclusive by who replaces it (flock(2)): the files that SQLite has beside the old one
//                  and the new one have one name
//   PATH.mended    what is going to replace it
//   PATH.damaged   what was damaged last
#pragma once

#include "plans/base/result.h"
#include "runtime/store/database.h"

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mabplan::runtime {

class RecordsFile {
public:
    // Makes the tables that are missing. Also called for a file that has all of them.
    using Prepare = std::function<Status(Database&)>;

    // Replaces a damaged one.
    static Result<RecordsFile> open(std::string path, Prepare prepare);

    Database& database() { return *database_; }
    // Whether another process has put one in its place: who wrote to the old one since may have written in vain.
    bool has_moved() const;
    // Goes over to the one that is there now.
    Status follow();
    // After damage was found in it, which is `why`: nothing of the database may be in use.
    Status replace(const Error& why);
    // What there is to tell of replaced ones, a sentence each; it is told once.
    std::vector<std::string> take_repairs() { return std::exchange(repairs_, {}); }

private:
    using Identity = std::pair<dev_t, ino_t>;
    RecordsFile(std::string path, Prepare prepare) : path_(std::move(path)), prepare_(std::move(prepare)) {}
    static std::optional<Identity> identity_of(const std::string& path);
    Status try_to_open();
    Status open_or_replace();
    Status save_into(const std::string& fresh, Database& damaged) const;
    Status put_in_place(const std::string& fresh) const;

    std::string path_;
    Prepare prepare_;
    std::optional<Database> database_;
    std::optional<Identity> identity_;  // of the file that is open
    std::vector<std::string> repairs_;
};

}  // namespace mabplan::runtime
