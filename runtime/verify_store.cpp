#include "runtime/verify_store.h"

#include "plans/base/format.h"
#include "runtime/layer/codec.h"
#include "runtime/layer/layer_diff.h"
#include "runtime/snapshot/snapshot_store.h"
#include "runtime/snapshot/unpack.h"
#include "runtime/sys/file.h"
#include "runtime/sys/last_use.h"
#include "runtime/sys/stopped_stream.h"
#include "runtime/sys/temporary.h"

#include <sys/stat.h>

#include <array>
#include <map>
#include <optional>
#include <utility>

namespace mabplan::runtime {

namespace {

class Verifying {
public:
    Verifying(Store& store, Repair repair, const Stop& stop, const std::function<void(const std::string&)>& progress)
        : store_(store), repair_(repair), stop_(stop), progress_(progress), snapshots_(store.root(), store.scratch()) {}

    Result<VerifyReport> run() {
        snapshots_.heed(stop_);
        MABPLAN_CHECK(look_at_records());
        MABPLAN_CHECK(look_at_blobs());
        MABPLAN_CHECK(look_at_snapshots());
        MABPLAN_CHECK(compare_with_blobs());
        MABPLAN_CHECK(look_at_results());
        return std::move(report_);
    }

private:
    using State = SnapshotStore::State;
    Status look_at_blobs();
    Status look_at_blob(const Digest& digest);
    Status look_at_snapshots();
    Status look_at_snapshot(const Digest& diff_id);
    Status compare_with_blobs();
    Status compare(const Digest& diff_id, const Digest& blob);
    Status look_at_records();
    Status look_at_results();
    Status take_out_snapshot(const Digest& diff_id);
    Status take_out_blob(const Digest& digest, std::uint64_t inode);
    Result<Digest> hash_tree(const std::string& fs);
    std::optional<Digest> unpacked_hash(const Digest& blob);
    Result<std::vector<Digest>> digests_in(const std::string& folder) const;
    void note(std::string what) { report_.damage.push_back(std::move(what)); }

    Store& store_;
    Repair repair_;
    const Stop& stop_;
    const std::function<void(const std::string&)>& progress_;
    SnapshotStore snapshots_;
    std::vector<Digest> blobs_;                // that are whole
    std::map<Digest, Digest> made_of_others_;  // snapshots that are not ours -> the hash of their files
    std::map<Digest, SnapshotStore::Look> looks_;
    bool records_are_whole_ = false;  // others are not asked: who asks them replaces them
    VerifyReport report_;
};

Result<std::vector<Digest>> Verifying::digests_in(const std::string& folder) const {
    MABPLAN_TRY(names, list_names(folder));
    std::vector<Digest> digests;
    for (const std::string& name : names)
        if (auto digest = Digest::parse("sha256:" + name)) digests.push_back(std::move(*digest));
    return digests;
}

Status Verifying::look_at_blobs() {
    MABPLAN_TRY(digests, digests_in(store_.root() + "/blobs/sha256"));
    for (const Digest& digest : digests) {
        MABPLAN_CHECK(go_on(&stop_));
        MABPLAN_CHECK(look_at_blob(digest));
    }
    return {};
}

Status Verifying::look_at_blob(const Digest& digest) {
    progress_(format("blob {}", digest.short_hex()));
    struct stat facts {};
    auto source = ::stat(store_.blobs().path(digest).c_str(), &facts) == 0 ? store_.blobs().open(digest) : fail(ErrorKind::Verify, "");
    if (!source) return {};  // it went meanwhile
    HashingSink hash;
    StoppedSink heeding(hash, &stop_);
    const auto copied = copy_bytes(**source, heeding);
    if (!copied && copied.error().kind == ErrorKind::Interrupted) return pass(copied.error());
    ++report_.blobs;
    report_.bytes += hash.count();
    if (copied && hash.finish() == digest) {
        blobs_.push_back(digest);
        return {};
    }
    note(copied ? format("the blob {} has other bytes than its digest says", digest.text())
                : format("the blob {} cannot be read: {}", digest.text(), copied.error().message));
    return repair_ == Repair::No ? Status{} : take_out_blob(digest, facts.st_ino);
}

// Not one that was made or fetched in its place meanwhile.
Status Verifying::take_out_blob(const Digest& digest, std::uint64_t inode) {
    return while_nobody_notes(uses_lock(store_.root()), [&]() -> Status {
        struct stat facts {};
        if (::stat(store_.blobs().path(digest).c_str(), &facts) != 0 || facts.st_ino != inode) return {};
        const bool is_unpacked = path_exists(format("{}/{}", store_.snapshots(), digest.hex()));
        MABPLAN_CHECK(is_unpacked ? store_.records().forget_packed(digest) : store_.records().forget_layer(digest));
        return store_.blobs().remove(digest);
    });
}

Result<Digest> Verifying::hash_tree(const std::string& fs) {
    HashingSink hash;
    StoppedSink heeding(hash, &stop_);
    MABPLAN_TRY(summary, write_snapshot_tar(fs, heeding));
    static_cast<void>(summary);
    report_.bytes += hash.count();
    return hash.finish();
}

Status Verifying::take_out_snapshot(const Digest& diff_id) {
    if (repair_ == Repair::No) return {};
    if (!path_exists(store_.blobs().path(diff_id))) MABPLAN_CHECK(store_.records().forget_layer(diff_id));
    MABPLAN_TRY(removed, snapshots_.remove_looked_at(diff_id, looks_[diff_id]));
    static_cast<void>(removed);
    return {};
}

Status Verifying::look_at_snapshots() {
    MABPLAN_TRY(digests, digests_in(store_.snapshots()));
    for (const Digest& digest : digests) {
        MABPLAN_CHECK(go_on(&stop_));
        progress_(format("layer {}", digest.short_hex()));
        MABPLAN_CHECK(look_at_snapshot(digest));
    }
    return {};
}

Status Verifying::look_at_snapshot(const Digest& diff_id) {
    auto found = snapshots_.look(diff_id);
    if (!found && found.error().kind == ErrorKind::Interrupted) return pass(std::move(found).error());
    if (!found) {
        report_.lasting.push_back(format("the unpacked layer {} cannot be read: {}", diff_id.text(), found.error().message));
        return {};
    }
    if (found->state == State::Absent) return {};
    looks_[diff_id] = *found;
    ++report_.snapshots;
    if (found->state == State::Changed) {
        note(format("the unpacked layer {} was changed", diff_id.text()));
        return take_out_snapshot(diff_id);
    }
    if (found->state == State::Resealable) return repair_ == Repair::Yes ? snapshots_.seal_anew(diff_id, *found) : Status{};
    auto hash = hash_tree(snapshots_.path(diff_id));
    if (!hash && hash.error().kind == ErrorKind::Interrupted) return pass(std::move(hash).error());
    if ((!hash || *hash != diff_id) && !snapshots_.is_still(diff_id, *found)) return {};
    if (!hash) {
        note(format("the unpacked layer {} cannot be read: {}", diff_id.text(), hash.error().message));
        return take_out_snapshot(diff_id);
    }
    // of a base, whose tar was written by others, or of ours, and damaged
    if (*hash != diff_id) made_of_others_.emplace(diff_id, *hash);
    return {};
}

// Nothing: it is no packed layer.
std::optional<Digest> Verifying::unpacked_hash(const Digest& blob) {
    auto source = store_.blobs().open(blob);
    if (!source) return std::nullopt;
    std::array<char, 4> head{};
    const auto count = read_full(**source, head);
    if (!count || detect_compression({head.data(), *count}) == Compression::None) return std::nullopt;
    source = store_.blobs().open(blob);
    if (!source) return std::nullopt;
    auto unpacked = decompress(std::move(*source));
    HashingSink hash;
    StoppedSink heeding(hash, &stop_);
    if (!unpacked || !copy_bytes(**unpacked, heeding)) return std::nullopt;
    report_.bytes += hash.count();
    return hash.finish();
}

Status Verifying::compare_with_blobs() {
    for (const Digest& blob : blobs_) {
        if (made_of_others_.empty()) return {};
        MABPLAN_CHECK(go_on(&stop_));
        progress_(format("blob {}, unpacked", blob.short_hex()));
        const std::optional<Digest> diff_id = made_of_others_.contains(blob) ? std::optional(blob) : unpacked_hash(blob);
        if (diff_id && made_of_others_.contains(*diff_id)) MABPLAN_CHECK(compare(*diff_id, blob));
    }
    MABPLAN_CHECK(go_on(&stop_));
    for (const auto& [diff_id, hash] : made_of_others_) {
        // a layer of ours is made of no blob: results are recorded for it
        MABPLAN_TRY(is_ours, records_are_whole_ ? store_.records().has_result_with(diff_id) : Result<bool>(false));
        if (!is_ours) {
            report_.unknown.push_back(diff_id.text());
            continue;
        }
        note(format("the unpacked layer {} has other bytes than its digest says", diff_id.text()));
        MABPLAN_CHECK(take_out_snapshot(diff_id));
    }
    return {};
}

// Unpacks it once more: equal files make equal tars.
Status Verifying::compare(const Digest& diff_id, const Digest& blob) {
    MABPLAN_TRY(source, store_.blobs().open(blob));
    MABPLAN_TRY(tar, decompress(std::move(source)));
    StoppedSource heeding(std::move(tar), &stop_);
    MABPLAN_TRY(folder, make_fresh_folder(store_.scratch(), "verify", 0755));
    const auto unpacked = unpack_layer(heeding, folder);
    auto hash = unpacked ? hash_tree(folder) : Result<Digest>(fail(unpacked.error()));
    MABPLAN_CHECK(remove_tree(folder));
    MABPLAN_TRY(expected, std::move(hash));
    const auto found = made_of_others_.find(diff_id);
    const bool is_equal = found->second == expected;
    made_of_others_.erase(found);
    if (is_equal) return {};
    note(format("the unpacked layer {} has other files than its blob", diff_id.text()));
    return take_out_snapshot(diff_id);
}

Status Verifying::look_at_records() {
    progress_("records");
    MABPLAN_TRY(faults, store_.records().check());
    if (!faults.empty()) {
        note(format("the records: {}{}", faults.front(), faults.size() == 1 ? "" : format(", and {} more", faults.size() - 1)));
        if (repair_ == Repair::No) return {};
        MABPLAN_CHECK(store_.records().repair(faults.front()));
        MABPLAN_TRY(left, store_.records().check());
        for (const std::string& fault : left) report_.lasting.push_back(format("the records: {}", fault));
    }
    records_are_whole_ = true;
    return {};
}

Status Verifying::look_at_results() {
    progress_("results");
    if (!records_are_whole_) return {};
    MABPLAN_TRY(rows, store_.records().list());
    for (const ResultRow& row : rows) {
        MABPLAN_CHECK(go_on(&stop_));
        ++report_.results;
        const bool is_there = path_exists(store_.blobs().path(row.result.diff_id)) ||
                              path_exists(format("{}/{}", store_.snapshots(), row.result.diff_id.hex()));
        if (is_there) continue;
        MABPLAN_TRY(is_still_promised, store_.records().has_result_with(row.result.diff_id));
        if (!is_still_promised) continue;  // somebody has pruned
        if (repair_ == Repair::No)
            note(format("the layer {} of the result {} is not there", row.result.diff_id.text(), row.key.short_hex()));
        else MABPLAN_CHECK(store_.records().forget_layer(row.result.diff_id));
    }
    return {};
}

}  // namespace

Result<VerifyReport> verify_store(Store& store, Repair repair, const Stop& stop, const std::function<void(const std::string&)>& progress) {
    return Verifying(store, repair, stop, progress).run();
}

}  // namespace mabplan::runtime
