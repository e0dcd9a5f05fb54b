#include "runtime/store/store.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "runtime/sys/system_error.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace mabplan::runtime {

namespace {

Result<Fd> open_lock(const std::string& path, int operation) {
    MABPLAN_TRY(file, open_file(path, O_RDWR | O_CREAT, 0600));
    while (::flock(file.get(), operation) != 0)
        if (errno != EINTR) return system_error(errno, "lock", path);
    return file;
}

Error explain(Error error) {
    if (error.kind != ErrorKind::Verify && error.hint.empty())
        error.hint = "the store must be a folder that can be written: point MABPLAN_CACHE_DIR at one";
    return std::move(error).with_context("opening the store");
}

// Damaged records are put aside, not deleted: what they described is rebuilt.
Result<std::unique_ptr<Records>> open_records(const std::string& path) {
    auto records = Records::open(path);
    if (records || records.error().kind != ErrorKind::Verify) return records;
    for (const char* suffix : {"-wal", "-shm"}) ::unlink((path + suffix).c_str());
    MABPLAN_CHECK(rename_path(path, path + ".damaged"));
    return Records::open(path);
}

}  // namespace

Store::Store(std::string root, BlobStore blobs, std::unique_ptr<Records> records)
    : root_(std::move(root)), blobs_(std::move(blobs)), records_(std::move(records)) {}

Store::~Store() {
    // at the end of a process there is nobody to tell; what stays is swept by the next one
    static_cast<void>(records_->flush());
    static_cast<void>(remove_scratch());
}

Result<std::unique_ptr<Store>> Store::open(const std::string& root) {
    const auto make = [&]() -> Result<std::unique_ptr<Store>> {
        MABPLAN_CHECK(make_directories(std::string(parent_path(root))));
        MABPLAN_CHECK(make_directories(root, 0700));
        for (const char* name : {"/blobs/sha256", "/snapshots", "/tmp"}) MABPLAN_CHECK(make_directories(root + name));
        MABPLAN_TRY(lock, open_lock(root + "/lock", LOCK_SH));
        MABPLAN_TRY(records, open_records(root + "/records.sqlite"));
        std::unique_ptr<Store> store(new Store(root, BlobStore(root), std::move(records)));
        store->lock_ = std::move(lock);
        MABPLAN_CHECK(store->take_scratch());
        return store;
    };
    return make().map_error(explain);
}

Status Store::take_scratch() {
    constexpr std::string_view kSuffix = ".lock";
    for (;;) {
        std::string pattern = root_ + "/tmp/run-XXXXXX" + std::string(kSuffix);
        Fd lock(::mkostemps(pattern.data(), static_cast<int>(kSuffix.size()), O_CLOEXEC));
        if (!lock.valid()) return system_error(errno, "make a file in", root_ + "/tmp");
        struct stat facts {};
        // a sweeping process may take the file before it is locked: then it is gone, and another is made
        if (::flock(lock.get(), LOCK_EX) != 0 || ::fstat(lock.get(), &facts) != 0 || facts.st_nlink == 0) continue;
        scratch_ = pattern.substr(0, pattern.size() - kSuffix.size());
        scratch_lock_ = std::move(lock);
        blobs_ = BlobStore(root_, scratch_);
        return make_directories(scratch_, 0700);
    }
}

Status Store::remove_scratch() {
    if (scratch_.empty()) return {};
    MABPLAN_CHECK(remove_tree(scratch_));
    ::unlink((scratch_ + ".lock").c_str());
    scratch_lock_.reset();
    scratch_.clear();
    return {};
}

Status Store::sweep() const {
    const std::string tmp = root_ + "/tmp";
    MABPLAN_TRY(names, list_names(tmp));
    for (const std::string& name : names) {
        const std::string path = tmp + "/" + name;
        if (!name.ends_with(".lock") || path == scratch_ + ".lock") continue;
        Fd lock(::open(path.c_str(), O_RDWR | O_CLOEXEC));
        if (!lock.valid() || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) continue;
        MABPLAN_CHECK(remove_tree(path.substr(0, path.size() - 5)));
        ::unlink(path.c_str());
    }
    return sweep_unlocked();
}

// What stands in tmp/ without a lock of its own belongs to a process that uses the store now, or to nobody.
Status Store::sweep_unlocked() const {
    if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
        // a failed change of a lock may have lost it
        return ::flock(lock_.get(), LOCK_SH) == 0 ? Status{} : system_error(errno, "lock", root_ + "/lock");
    }
    const std::string tmp = root_ + "/tmp";
    Status done;
    if (const auto names = list_names(tmp); names) {
        for (const std::string& name : *names) {
            const std::string path = tmp + "/" + name;
            if (path == scratch_ || path_exists(path + ".lock") || name.ends_with(".lock")) continue;
            if (auto removed = remove_tree(path); !removed && done) done = std::move(removed);
        }
    }
    if (::flock(lock_.get(), LOCK_SH) != 0) return system_error(errno, "lock", root_ + "/lock");
    return done;
}

Result<bool> Store::lock_for_removal() {
    if (::flock(lock_.get(), LOCK_EX | LOCK_NB) == 0) return true;
    if (errno == EWOULDBLOCK) return false;
    return system_error(errno, "lock", root_ + "/lock");
}

}  // namespace mabplan::runtime
