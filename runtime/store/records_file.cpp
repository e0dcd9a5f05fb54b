#include "runtime/store/records_file.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "runtime/sys/file_lock.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mabplan::runtime {

namespace {

bool is_damage(const Status& done) { return !done && done.error().kind == ErrorKind::Verify; }

void remove_beside(const std::string& path) {
    for (const char* suffix : {"-wal", "-shm", "-journal"}) ::unlink((path + suffix).c_str());
}

}  // namespace

std::optional<RecordsFile::Identity> RecordsFile::identity_of(const std::string& path) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0) return std::nullopt;
    return Identity{facts.st_dev, facts.st_ino};
}

Result<RecordsFile> RecordsFile::open(std::string path, Prepare prepare) {
    RecordsFile file(std::move(path), std::move(prepare));
    MABPLAN_CHECK(file.open_or_replace());
    return file;
}

Status RecordsFile::try_to_open() {
    database_.reset();
    identity_.reset();
    MABPLAN_TRY(database, Database::open(path_));
    MABPLAN_CHECK(prepare_(database));
    database_ = std::move(database);
    identity_ = identity_of(path_);
    return {};
}

Status RecordsFile::open_or_replace() {
    Status opened;
    {
        MABPLAN_TRY(lock, lock_file(path_ + ".lock", LOCK_SH));
        opened = try_to_open();
    }
    return is_damage(opened) ? replace(opened.error()) : opened;
}

bool RecordsFile::has_moved() const {
    const auto now = identity_of(path_);
    return !database_ || (now && now != identity_);
}

Status RecordsFile::follow() { return has_moved() ? open_or_replace() : Status{}; }

Status RecordsFile::replace(const Error& why) {
    MABPLAN_TRY(lock, lock_file(path_ + ".lock", LOCK_EX));
    // whoever had the lock before may have done it
    if (!identity_ || identity_of(path_) != identity_)
        if (Status opened = try_to_open(); !is_damage(opened)) return opened;
    const std::string fresh = path_ + ".mended";
    {
        MABPLAN_TRY(damaged, Database::open_damaged(path_));
        // nobody writes to it until it is replaced; where damage is in the way of that, nobody can
        if (Status alone = damaged.execute("BEGIN IMMEDIATE"); !alone && !is_damage(alone)) return alone;
        if (Status saved = save_into(fresh, damaged); !saved) {
            remove_beside(fresh);
            ::unlink(fresh.c_str());
            return saved;
        }
        database_.reset();
        MABPLAN_CHECK(put_in_place(fresh));
    }
    MABPLAN_CHECK(try_to_open());
    repairs_.push_back(format(
        "{}; new ones were made of what can be read, and what is missing is executed or fetched again (the damaged ones: {}.damaged)",
        why.message, path_));
    return {};
}

// One that a newer mabplan has written is refused here at the latest, and stays.
Status RecordsFile::save_into(const std::string& fresh, Database& damaged) const {
    remove_beside(fresh);
    ::unlink(fresh.c_str());
    MABPLAN_TRY(made, Database::open_apart(fresh));
    MABPLAN_CHECK(prepare_(made));
    MABPLAN_CHECK(made.transact([&] { return made.take_rows(damaged); }));
    return prepare_(made);
}

// There are never new ones with the log of the old ones, which SQLite would take for theirs; nor none, where files can have two names.
Status RecordsFile::put_in_place(const std::string& fresh) const {
    const std::string aside = path_ + ".damaged", folder(parent_path(path_));
    ::unlink(aside.c_str());
    if (::link(path_.c_str(), aside.c_str()) != 0) MABPLAN_CHECK(rename_path(path_, aside));
    remove_beside(path_);
    MABPLAN_CHECK(sync_folder(folder));
    MABPLAN_CHECK(rename_path(fresh, path_));
    return sync_folder(folder);
}

}  // namespace mabplan::runtime
