#include "runtime/snapshot/snapshot_store.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/layer/byte_pipe.h"
#include "runtime/layer/layer_diff.h"
#include "runtime/snapshot/layer_folder.h"
#include "runtime/snapshot/seal.h"
#include "runtime/sys/id_map.h"
#include "runtime/sys/stopped_stream.h"
#include "runtime/sys/system_error.h"
#include "runtime/sys/temporary.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMaxBootBytes = 4096;
constexpr std::uint64_t kMaxMapBytes = 1U << 16U;  // 340 lines, user_namespaces(7)
constexpr std::uint64_t kMaxIdsBytes = 64;
constexpr std::uint32_t kOverflowId = 65534;  // what an id is shown as that is not mapped
constexpr std::string_view kDurableMark = "durable-5";
constexpr std::string_view kBootMark = "boot-5";
constexpr std::string_view kSealFile = "seal";
constexpr std::uint64_t kMaxSealBytes = 256;
constexpr std::string_view kIdsFile = "ids";

Status sync_file_system(const std::string& directory) {
    MABPLAN_TRY(handle, open_file(directory, O_RDONLY | O_DIRECTORY));
    if (::syncfs(handle.get()) != 0) return system_error(errno, "sync the file system of", directory);
    return {};
}

// One that is gone by now needs no mark. The file is empty: it is there whole, whoever else makes it.
Status mark_durable(const std::string& snapshot) {
    const std::string mark = format("{}/{}", snapshot, kDurableMark);
    const Fd file(::open(mark.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    return file.valid() || errno == ENOENT ? Status{} : Status(system_error(errno, "create", mark));
}

std::uint32_t last_id(const char* map) {
    std::uint64_t last = 0;
    for (const IdRange& range : parse_id_map(read_file(map, kMaxMapBytes).value_or(std::string())))
        last = std::max(last, range.inside + range.count - 1);
    return static_cast<std::uint32_t>(last == kOverflowId ? last - 1 : last);
}

std::string owner_in_words(const struct stat& facts) { return format("{}:{}", facts.st_uid, facts.st_gid); }

// Who may not give files away has one id, which is the file's already.
Status write_ids(const std::string& snapshot) {
    const std::string path = format("{}/{}", snapshot, kIdsFile);
    const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file.valid()) return system_error(errno, "create", path);
    static_cast<void>(::fchown(file.get(), last_id("/proc/self/uid_map"), last_id("/proc/self/gid_map")) == 0);
    struct stat facts {};
    if (::fstat(file.get(), &facts) != 0) return system_error(errno, "look at", path);
    const std::string owner = owner_in_words(facts);
    if (::write(file.get(), owner.data(), owner.size()) != static_cast<ssize_t>(owner.size())) return system_error(errno, "write", path);
    return {};
}

// Whether this user namespace shows the owners in fs as the ids that they were made with.
bool shows_owners(const std::string& snapshot) {
    const std::string path = format("{}/{}", snapshot, kIdsFile);
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0) return false;
    const Result<std::string> made_with = read_file(path, kMaxIdsBytes);
    return made_with && *made_with == owner_in_words(facts);
}

// What fs cannot hold.
Status keep_beside(const std::string& staged, const UnpackSummary& summary) {
    if (!summary.devices.empty()) MABPLAN_CHECK(write_devices(format("{}/{}", staged, kDevicesFile), summary.devices));
    return summary.implied.empty() ? Status{} : write_implied(format("{}/{}", staged, kImpliedFile), summary.implied);
}

}  // namespace

// A folder that becomes a snapshot by a rename, or goes away.
struct SnapshotStore::Staging {
    static Result<Staging> make(const std::string& scratch) {
        Staging staging;
        MABPLAN_TRY(folder, make_fresh_folder(scratch, "snapshot", 0755));
        staging.path = std::move(folder);
        return staging;
    }
    Staging() = default;
    Staging(Staging&& other) noexcept : path(std::exchange(other.path, {})) {}
    Staging& operator=(Staging&&) = delete;
    ~Staging() {
        if (!path.empty()) static_cast<void>(remove_tree(path));  // what stays goes with the scratch folder
    }

    std::string fs() const { return path + "/fs"; }

    std::string path;
};

SnapshotStore::SnapshotStore(std::string root, std::string scratch, SnapshotOptions options)
    : root_(std::move(root)), scratch_(std::move(scratch)), options_(std::move(options)), uses_(uses_lock(root_)) {
    if (const Result<std::string> boot = read_file("/proc/sys/kernel/random/boot_id", kMaxBootBytes)) boot_ = trim(*boot);
    if (boot_.empty()) options_.durability = Durability::Synced;
}

std::string SnapshotStore::path(const Digest& diff_id) const { return format("{}/snapshots/{}/fs", root_, diff_id.hex()); }

bool SnapshotStore::is_whole(const std::string& snapshot) const {
    if (!is_directory(snapshot + "/fs")) return false;
    if (path_exists(format("{}/{}", snapshot, kDurableMark))) return true;
    const Result<std::string> boot = read_file(format("{}/{}", snapshot, kBootMark), kMaxBootBytes);
    return boot && !boot_.empty() && *boot == boot_;
}

bool SnapshotStore::contains(const Digest& diff_id) const {
    const std::string snapshot = format("{}/snapshots/{}", root_, diff_id.hex());
    return is_whole(snapshot) && shows_owners(snapshot) && uses_.note(snapshot);
}

Result<Sealed> SnapshotStore::seal(const std::string& snapshot) const {
    return seal_of(snapshot + "/fs", {format("{}/{}", snapshot, kDevicesFile), format("{}/{}", snapshot, kImpliedFile)});
}

Result<SnapshotStore::Look> SnapshotStore::look(const Digest& diff_id) const {
    const std::string snapshot = format("{}/snapshots/{}", root_, diff_id.hex());
    for (;;) {
        struct stat facts {};
        if (!is_whole(snapshot) || !shows_owners(snapshot) || ::stat(snapshot.c_str(), &facts) != 0) return Look{};
        const Look there{State::AsPublished, {}, facts.st_ino};
        auto found = look_into(snapshot, diff_id, there);
        if (is_still(diff_id, there)) return found;
    }
}

bool SnapshotStore::is_still(const Digest& diff_id, const Look& found) const {
    struct stat facts {};
    return ::stat(format("{}/snapshots/{}", root_, diff_id.hex()).c_str(), &facts) == 0 && facts.st_ino == found.inode;
}

// By the seal; where that is another one, by the tar that is made of it, which knows of nothing beside it.
Result<SnapshotStore::Look> SnapshotStore::look_into(const std::string& snapshot, const Digest& diff_id, Look found) const {
    MABPLAN_TRY(now, seal(snapshot));
    found.seal = std::move(now.text);
    const std::string seal_path = format("{}/{}", snapshot, kSealFile);
    if (path_exists(seal_path)) {
        MABPLAN_TRY(known, read_file(seal_path, kMaxSealBytes));
        if (known == found.seal) return found;
    }
    found.state = State::Changed;
    if (path_exists(format("{}/{}", snapshot, kDevicesFile)) || path_exists(format("{}/{}", snapshot, kImpliedFile))) return found;
    HashingSink hash;
    StoppedSink heeding(hash, stop_);
    const auto read = write_snapshot_tar(snapshot + "/fs", heeding);
    if (!read && read.error().kind != ErrorKind::Input) return pass(read.error());
    if (read && hash.finish() == diff_id) found.state = State::Resealable;
    return found;
}

Status SnapshotStore::seal_anew(const Digest& diff_id, const Look& found) const {
    return write_file(format("{}/snapshots/{}/{}", root_, diff_id.hex(), kSealFile), found.seal, 0644, Durability::Cached);
}

// Not the one that somebody has made in its place meanwhile.
Result<bool> SnapshotStore::remove_looked_at(const Digest& diff_id, const Look& found) const {
    bool is_removed = false;
    const Status done = while_nobody_notes(uses_lock(root_), [&]() -> Status {
        if (!is_still(diff_id, found)) return {};
        is_removed = true;
        return remove(diff_id);
    });
    if (!done) return fail(done.error());
    return is_removed;
}

Result<bool> SnapshotStore::holds(const Digest& diff_id) {
    if (!contains(diff_id)) return false;
    if (has_looked_at(diff_id)) return true;
    const auto turn = looking_.take(diff_id);
    for (;;) {
        if (has_looked_at(diff_id)) return contains(diff_id);
        MABPLAN_TRY(found, look(diff_id));
        if (found.state == State::Absent) return false;
        if (found.state == State::Resealable) MABPLAN_CHECK(seal_anew(diff_id, found));
        if (found.state != State::Changed) {
            looked_at_.lock()->insert(diff_id);
            return true;
        }
        MABPLAN_TRY(removed, remove_looked_at(diff_id, found));
        if (!removed) continue;
        if (tell_damage_) tell_damage_(diff_id);
        return false;
    }
}

Failure not_the_layer(const Digest& expected, const Digest& found) {
    return fail(ErrorKind::Verify,
                format("a layer is not what its image says: expected the diff_id {}, the tar hashes to {}", expected.text(), found.text()));
}

Result<std::string> SnapshotStore::ensure(const Digest& diff_id, const OpenTar& open_tar, const TarLimits& limits) {
    MABPLAN_TRY(is_there, holds(diff_id));
    if (is_there) return path(diff_id);
    const auto turn = unpacking_.take(diff_id);
    MABPLAN_TRY(is_there_now, holds(diff_id));
    if (is_there_now) return path(diff_id);

    MABPLAN_TRY(staging, Staging::make(scratch_));
    MABPLAN_CHECK(make_new_folder(staging.fs()));
    MABPLAN_TRY(tar, open_tar());
    HashingSource hash(std::move(tar));
    MABPLAN_TRY(ahead, read_produced([&hash](ByteSink& out) -> Status {
                    MABPLAN_CHECK(copy_bytes(hash, out));
                    return {};
                }));
    UnpackOptions options = options_.unpack;
    options.limits = limits;
    MABPLAN_TRY(summary, unpack_layer(*ahead, staging.fs(), options));
    // the unpacker read to the end, so the other thread has nothing more to hash
    if (const Digest found = hash.finish(); found != diff_id) return not_the_layer(diff_id, found);
    MABPLAN_CHECK(keep_beside(staging.path, summary));
    return publish(staging.path, diff_id);
}

Result<std::string> SnapshotStore::adopt(const std::string& upper_dir, const Digest& diff_id) {
    MABPLAN_TRY(staging, Staging::make(scratch_));
    MABPLAN_CHECK(rename_path(upper_dir, staging.fs()));
    return publish(staging.path, diff_id);
}

Status SnapshotStore::vouch_for(const std::string& staged) const {
    MABPLAN_CHECK(write_ids(staged));
    MABPLAN_TRY(sealed, seal(staged));
    MABPLAN_CHECK(write_file(format("{}/{}", staged, kSealFile), sealed.text, 0644, Durability::Cached));
    if (sealed.use) MABPLAN_CHECK(note_use_of_files(staged, *sealed.use));
    if (options_.durability == Durability::Cached) return write_file(format("{}/{}", staged, kBootMark), boot_, 0644, Durability::Cached);
    MABPLAN_CHECK(mark_durable(staged));
    return sync_file_system(staged);
}

// True if it was published, false if somebody else was first: theirs is the same.
Result<bool> SnapshotStore::move_in(const std::string& staged, const Digest& diff_id) const {
    const std::string target = format("{}/snapshots/{}", root_, diff_id.hex());
    while (::rename(staged.c_str(), target.c_str()) != 0) {
        if (errno != EEXIST && errno != ENOTEMPTY) return system_error(errno, "rename to", target);
        if (is_whole(target) && shows_owners(target)) {
            if (uses_.note(target)) return false;
            continue;  // it went this moment
        }
        MABPLAN_CHECK(remove(diff_id));
    }
    uses_.note(target);
    return true;
}

Result<std::string> SnapshotStore::publish(const std::string& staged, const Digest& diff_id) {
    MABPLAN_CHECK(vouch_for(staged));
    MABPLAN_TRY(is_ours, move_in(staged, diff_id));
    if (!is_ours) return path(diff_id);
    looked_at_.lock()->insert(diff_id);  // it was made just now
    if (options_.durability == Durability::Synced) MABPLAN_CHECK(sync_folder(root_ + "/snapshots"));
    if (options_.durability == Durability::Cached) waiting_.lock()->push_back(format("{}/snapshots/{}", root_, diff_id.hex()));
    return path(diff_id);
}

Status SnapshotStore::sync() {
    const std::vector<std::string> waiting = std::exchange(*waiting_.lock(), {});
    if (waiting.empty()) return {};
    MABPLAN_CHECK(sync_file_system(root_));
    for (const std::string& snapshot : waiting) MABPLAN_CHECK(mark_durable(snapshot));
    return {};
}

Status SnapshotStore::remove(const Digest& diff_id) const {
    MABPLAN_TRY(aside, put_aside(format("{}/snapshots/{}", root_, diff_id.hex()), root_ + "/tmp"));
    // a step of another process may stand on one that is whole, also on one that was published this very moment, or whose owners we don't
    // see
    if (!aside || is_whole(format("{}/{}", *aside, diff_id.hex()))) return {};
    static_cast<void>(remove_tree(*aside));  // it is absent: what stays of it goes when the store is swept
    return {};
}

}  // namespace mabplan::runtime
