// Snapshots by diff_id: snapshots/<hex of diff_id>/fs in the store holds one layer in overlay form, whole or not at all.
// Does not know chains, records or budgets; what is found damaged is the caller's to remove.
//
// Device nodes, which cannot be made in a user namespace, stand in devices.tar beside fs: views show them, steps do not see them. The file
// "implied" beside it lists the directories that the layer needs and does not describe (layer_folder.h).
//
// Beside fs lies what it can be trusted by: the file "durable-5" says that all of it was on the disk before that file was made; the file
// "boot-5" holds the id of the boot (random(4), /proc/sys/kernel/random/boot_id) in which the snapshot was published. A snapshot is there
// if it is durable or was published in this boot: the death of a process loses nothing that was written, only that of the machine
// does. What neither vouches for is made anew. So nothing has to wait for the disk until sync() makes all of a run durable at once.
// (Marks without a number vouched for snapshots that could be half removed, or have files of others, those with 2 for some that do not
// know which directories they imply, those with 3 do not say whose ids they have, those with 4 have no seal: they count for nothing.)
//
// The file "seal" is the sum over its files by which changes are noticed (seal.h): it is compared when a process uses the snapshot for the
// first time. A snapshot that differs is as it was if the tar that is made of it hashes to diff_id: then it is sealed anew, as after the
// store was copied. Else it is removed, and made again by who asks for it.
//
// The file "size" notes what the files take of the disk (disk_use.h), for the store's budget.
//
// The owners of the files are ids of the host, which each user namespace shows as its own: the file "ids" belongs to the last ids that the
// maker of fs had, and says which these were. Where a run sees another owner, since it has fewer ids or others, the snapshot is absent for
// it.
//
// A snapshot is made in the scratch folder of the process and comes by a rename; it goes by a rename too. What others may be using stays
// readable in tmp/ until nobody uses the store.
#pragma once

#include "plans/base/digest.h"
#include "runtime/snapshot/seal.h"
#include "runtime/snapshot/unpack.h"
#include "runtime/sys/byte_stream.h"
#include "runtime/sys/file.h"
#include "runtime/sys/guarded.h"
#include "runtime/sys/last_use.h"
#include "runtime/sys/stop.h"
#include "runtime/sys/turns.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mabplan::runtime {

struct SnapshotOptions {
    UnpackOptions unpack;
    Durability durability = Durability::Cached;  // Synced: each snapshot is durable when it is published
};

// The Verify error for a tar with another digest than the layer's.
Failure not_the_layer(const Digest& expected, const Digest& found);

class SnapshotStore {
public:
    using OpenTar = std::function<Result<std::unique_ptr<ByteSource>>()>;

    // `root` holds snapshots/ and tmp/, which must exist; `scratch` is a folder of this process's own on the same file system.
    SnapshotStore(std::string root, std::string scratch, SnapshotOptions options = {});
    // What reads layers ends once it is raised, which must outlive this. Before any thread starts.
    void heed(const Stop& stop) { stop_ = &stop; }
    // Called by any thread when a snapshot was not what it was. Before any thread starts.
    void on_damage(std::function<void(const Digest& diff_id)> tell) { tell_damage_ = std::move(tell); }

    // The fs directory of a snapshot, whether it is there or not.
    std::string path(const Digest& diff_id) const;
    // In the user namespace that it is to be used in. It counts as a use.
    bool contains(const Digest& diff_id) const;

    // The same, and its files are as they were when it was published, which is looked at once for each; one that is not is removed, and
    // told of as damage.
    Result<bool> holds(const Digest& diff_id);
    // What it is found to be, whatever was seen before; nothing is changed.
    enum class State {
        Absent,
        AsPublished,  // by its seal
        Resealable,   // the seal is another one, and the files are those of the layer all the same
        Changed,
    };
    struct Look {
        State state = State::Absent;
        std::string seal;         // of what is there
        std::uint64_t inode = 0;  // of its folder
    };
    // No use of it. Errors of the file system are errors, and no change; those of a snapshot that goes meanwhile are neither.
    Result<Look> look(const Digest& diff_id) const;
    // Whether it is the one that was looked at: not gone by now, nor another one in its place.
    bool is_still(const Digest& diff_id, const Look& found) const;
    // Of a snapshot that is Resealable.
    Status seal_anew(const Digest& diff_id, const Look& found) const;
    // False: another one is there by now, or none.
    Result<bool> remove_looked_at(const Digest& diff_id, const Look& found) const;
    // Whether that needs no look any more.
    bool has_looked_at(const Digest& diff_id) const { return looked_at_.lock()->contains(diff_id); }

    // The fs directory, unpacked first if it is not there. A Verify error if the tar (not packed) does not hash to diff_id. Any
    // number of threads and processes may ask for the same one.
    Result<std::string> ensure(const Digest& diff_id, const OpenTar& open_tar, const TarLimits& limits = {});
    // Makes a finished upper directory (on the same file system; settled by write_layer_diff) the snapshot of diff_id. It is gone
    // from where it was, also if the snapshot was there already.
    Result<std::string> adopt(const std::string& upper_dir, const Digest& diff_id);
    // From then on it is absent. Others who use it are not disturbed.
    Status remove(const Digest& diff_id) const;
    // Makes durable what this store has published since the last time.
    Status sync();

private:
    struct Staging;
    bool is_whole(const std::string& snapshot) const;
    Status vouch_for(const std::string& staged) const;
    Result<Look> look_into(const std::string& snapshot, const Digest& diff_id, Look found) const;
    Result<Sealed> seal(const std::string& snapshot) const;
    Result<bool> move_in(const std::string& staged, const Digest& diff_id) const;
    Result<std::string> publish(const std::string& staged, const Digest& diff_id);

    std::string root_;
    std::string scratch_;
    SnapshotOptions options_;
    LastUses uses_;
    std::string boot_;                           // of this machine; empty if it cannot be known: then all is synced
    Guarded<std::vector<std::string>> waiting_;  // published, not yet durable
    mutable Guarded<std::set<Digest>> looked_at_;
    Turns<Digest> looking_;
    std::function<void(const Digest&)> tell_damage_;
    const Stop* stop_ = nullptr;
    Turns<Digest> unpacking_;
};

}  // namespace mabplan::runtime
